import { heldCondition } from '../../api/conditions.ts'
import type { Instant } from '../../api/duration.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { isFinished } from '../../decision/phase.ts'
import { printableWhole } from '../../api/printable.ts'
import { timeOfDay } from '../output/time-of-day.ts'
import type { SeenEvent } from './read-events.ts'

/** The objects that tell what has happened to a request. */
export interface Told {
  readonly request: AccessRequest
  readonly grants: readonly AccessGrant[]
  readonly events: readonly SeenEvent[]
}

/** One thing that happened, or will. */
export interface Happening {
  readonly at: Instant
  readonly text: string
}

/** The audit events that status and grants tell already, and better. */
const toldElsewhere = [
  'RequestApproved',
  'RequestActive',
  'RequestExpired',
  'RequestCompleted',
  'RequestDenied',
  'RequestRevoked',
  'RequestFailed',
  'GrantMade',
]

/** Lists what has happened to a request, the oldest first, and when it will begin and end. */
export function timelineOf({ request, grants, events }: Told, now: Instant): readonly Happening[] {
  const all = [...stepsOf(request, now), ...grants.flatMap(verdictOf), ...events.flatMap(eventOf)]
  return all.toSorted((one, other) => one.at - other.at)
}

/** Writes the timeline, a line for each thing. */
export function timelineText(timeline: readonly Happening[], now: Instant): string {
  const times = timeline.map(({ at }) => timeWithSeconds(at, now))
  const width = Math.max(0, ...times.map((time) => time.length))
  return timeline
    .map(({ text }, index) => `  ${(times[index] ?? '').padEnd(width)}  ${printableWhole(text)}`)
    .join('\n')
}

function stepsOf(request: AccessRequest, now: Instant): readonly Happening[] {
  const { metadata, spec, status } = request
  const resolved = heldCondition(status, 'TargetResolved')
  return [
    ...step(metadata.creationTimestamp, `made by ${spec.requestor?.username ?? 'somebody'}`),
    ...step(resolved?.lastTransitionTime, `resolved: ${resolved?.message ?? ''}`),
    ...step(status?.approvedAt, 'approved'),
    ...step(heldCondition(status, 'Ready')?.lastTransitionTime, 'ready to use'),
    ...step(metadata.deletionTimestamp, 'is being deleted'),
    ...(isFinished(request) ? endOf(request) : stillToCome(request, now)),
  ]
}

function endOf({ status: { phase, message, finishedAt } = {} }: AccessRequest): readonly Happening[] {
  const how = phase === undefined ? 'ended' : `ended (${phase})`
  return step(finishedAt, message === undefined ? how : `${how}: ${message}`)
}

function stillToCome({ spec, status }: AccessRequest, now: Instant): readonly Happening[] {
  return [...step(spec.startAt, 'begins'), ...step(status?.expiresAt, 'ends')].filter(({ at }) => at > now)
}

function step(time: string | undefined, text: string): readonly Happening[] {
  const at = fromMicroTime(time ?? '')
  return at === undefined ? [] : [{ at, text }]
}

function verdictOf({ metadata, spec }: AccessGrant): readonly Happening[] {
  const { grantedBy, verdict, message, duration } = spec
  const shortened = duration === undefined ? '' : ` for at most ${duration}`
  const says = message === undefined ? '' : `: "${message}"`
  const withdrawn = metadata.deletionTimestamp === undefined ? '' : ' (withdrawn)'
  const who = grantedBy?.username ?? 'somebody'
  const did = verdict === 'Approved' ? 'approves' : 'denies'
  return step(metadata.creationTimestamp, `${who} ${did}${shortened}${says}${withdrawn}`)
}

function eventOf({ reason, note, at, count, lastAt }: SeenEvent): readonly Happening[] {
  if (toldElsewhere.includes(reason)) return []
  const first = fromMicroTime(at)
  const last = fromMicroTime(lastAt)
  const times = count > 1 && last !== undefined ? ` (${count} times, last ${clock(last)})` : ''
  return first === undefined ? [] : [{ at: first, text: `${reason}: ${note}${times}` }]
}

/** Several things happen within a minute. */
function timeWithSeconds(at: Instant, now: Instant): string {
  return `${timeOfDay(at, now)}:${String(new Date(at).getSeconds()).padStart(2, '0')}`
}

function clock(at: Instant): string {
  return timeWithSeconds(at, at)
}
