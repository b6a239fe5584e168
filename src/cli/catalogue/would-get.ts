import type { StringMap } from '../../api/fields.ts'
import type { Instant } from '../../api/duration.ts'
import { offerOf } from '../../api/accesses.ts'
import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { objectionUnderTemplate } from '../../decision/admission/offer-rules.ts'
import { nextOpening, inZone } from '../../decision/challenge/time-window.ts'
import { isNamed, subjectsText } from '../../decision/subject.ts'
import { say } from '../../decision/text/sentence.ts'
import { durationText, longestOf } from '../../decision/template.ts'
import { offerLines, withMoreValues } from '../kinds/access-kinds.ts'
import type { Line } from '../output/lines.ts'
import { challengeLine } from '../request/challenge-lines.ts'
import { namespacesText } from './why-not.ts'

/** A request that a user could make under a template. */
export interface Sample {
  readonly template: AnyTemplate
  readonly who: { readonly username: string; readonly groups: readonly string[] }
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly now: Instant
  readonly spec: AccessRequestSpec
}

interface SampleTerms {
  readonly reason?: string | undefined
  readonly duration?: string | undefined
  readonly attribute?: StringMap | undefined
  readonly param?: StringMap | undefined
}

/** Builds the spec of a request for all that a template offers. */
export function sampleRequest(template: AnyTemplate, terms: SampleTerms): AccessRequestSpec {
  const { reason, duration, attribute, param = {} } = terms
  const { kind, metadata, spec } = template
  const offer = offerOf(spec.access)
  const asked = offer ? withMoreValues({ [offer.name]: {} }, param) : {}
  return {
    templateRef: { kind, name: metadata.name },
    ...(reason !== undefined && { reason }),
    ...(duration !== undefined && { duration }),
    ...(attribute && { attributes: attribute }),
    ...asked,
  }
}

/** Says what a user could ask under a template, by the rules of the gate. */
export function wouldGet(sample: Sample): { readonly lines: readonly Line[]; readonly isAllowed: boolean } {
  const { template, who, namespace, labels, spec } = sample
  const { challenges = [], access, subjects } = template.spec
  const isSubject = isNamed(who, subjects)
  const requestor = { ...who, groups: [...who.groups] }
  const asking = { spec: { ...spec, requestor }, requestor, namespace, namespaceLabels: labels }
  const objection = objectionUnderTemplate(asking, template)
  const lines: readonly Line[] = [
    ['subject', say`${who.username} is ` + (isSubject ? '' : 'NOT ') + `one of: ${subjectsText(subjects)}`],
    ['where', template.kind === 'AccessTemplate' ? `namespace ${namespace}` : namespacesText(template)],
    ...offerLines(access, namespace).map((line): Line => ['gives', line]),
    ['duration', `${durationText(spec, template)}, at most ${longestOf(template)}`],
    ...challenges.map(challengeLine),
    ...(challenges.some(({ peerReview }) => peerReview) ? [] : [['needs', 'approval by nobody'] as const]),
    ['open', openingText(sample)],
    ['request', objection ? `it would be refused: ${objection.message}` : 'it would be taken'],
  ]
  return { lines, isAllowed: !objection }
}

/** Says when access may begin. Undefined without hours. */
function openingText({ template, now }: Sample): string | undefined {
  const windows = (template.spec.challenges ?? []).flatMap(({ timeWindow }) => (timeWindow ? [timeWindow] : []))
  const [first] = windows
  if (!first) return undefined
  const opening = nextOpening(windows, now)
  if (!opening) return 'never: its hours do not meet'
  if (opening.start > now) return `not now, next ${inZone(first, opening.start)}`
  return opening.end === Infinity ? 'now' : `now, until ${inZone(first, opening.end)}`
}
