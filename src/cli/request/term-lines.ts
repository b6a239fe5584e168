import { parseDuration, type Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { defaultDuration } from '../../api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { isFinished, isGranted } from '../../decision/phase.ts'
import { durationText } from '../../decision/template.ts'
import type { Line } from '../output/lines.ts'
import { timeOfDay } from '../output/time-of-day.ts'
import { ownZone } from './start-time.ts'

/** Facts that the request itself does not have. */
export interface TermContext {
  /** The duration that an approver gives in place of the one that was asked for. */
  readonly shortened?: string | undefined
  /** The template that the request names, if the user may see it. */
  readonly template?: AnyTemplate | undefined
  readonly now: Instant
}

/** Describes for how long the access is, from when, how often and why. */
export function termLines(request: AccessRequest, context: TermContext): readonly Line[] {
  const { reason, startAt, once, revoked, templateRef, attributes } = request.spec
  return [
    ['reason', reason],
    ['duration', durationLine(request, context)],
    ['begins', startAt && timeText(startAt, context.now)],
    ['uses', once ? 'one' : 'unlimited until it ends'],
    ['template', templateRef && `${templateRef.kind} ${templateRef.name}`],
    ['attributes', attributes && JSON.stringify(attributes)],
    ['revoked', revoked && `by ${revoked.by?.username ?? 'somebody'}`],
  ]
}

function timeText(startAt: string, now: Instant): string {
  const at = fromMicroTime(startAt)
  return at === undefined ? startAt : `${startAt} (${timeOfDay(at, now)} in ${ownZone()})`
}

function durationLine(request: AccessRequest, context: TermContext): string {
  const asked = askedText(request, context.template)
  const { shortened } = context
  const text = shortened === undefined ? asked.text + asked.from : `${shortened}, shortened from ${asked.text}`
  return text + untilText(request, shortened ?? asked.text, context.now)
}

interface AskedDuration {
  readonly text: string
  /** Says who chose it, if the request does not name it. */
  readonly from: string
}

/** Returns the duration that somebody is asked to approve, and who chose it. */
function askedText({ spec, status = {} }: AccessRequest, template: AnyTemplate | undefined): AskedDuration {
  const { duration } = status
  if (spec.duration !== undefined) return { text: duration ?? spec.duration, from: '' }
  if (!spec.templateRef) return { text: duration ?? defaultDuration, from: ' (by default)' }
  const text = duration ?? (template && durationText(spec, template))
  return text === undefined ? { text: "the template's default", from: '' } : { text, from: ' (from template)' }
}

/** Says until when. Before the approval that is about the time: the duration counts from the approval. */
function untilText(request: AccessRequest, duration: string, now: Instant): string {
  const { spec, status } = request
  const end = fromMicroTime(status?.expiresAt ?? '')
  if (end !== undefined) return `, until ${timeOfDay(end, now)}`
  const length = parseDuration(duration)
  if (length === undefined || isFinished(request) || isGranted(status)) return ''
  const begin = Math.max(now, fromMicroTime(spec.startAt ?? '') ?? now)
  return `, until about ${timeOfDay(begin + length, now)}`
}
