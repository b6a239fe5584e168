import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Challenge } from '../../api/kinds/challenge.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { stagesOf } from '../challenge/challenge-kind.ts'
import { judgeChallenges } from '../challenge/judge.ts'
import { countReviews, type Approval } from '../challenge/peer-review.ts'
import { denied, type Deny } from '../decision.ts'
import { isGranted } from '../phase.ts'
import { say } from '../text/sentence.ts'

/** A request that somebody approves, with what is known of it at admission. */
export interface ApprovedAgain {
  readonly request: AccessRequest
  /** The challenges that it must meet. */
  readonly challenges: readonly Challenge[]
  /** The approvals that stand. */
  readonly approvals: readonly Approval[]
  readonly now: Instant
}

/** Says what is true now of a request that needs no approval any more; undefined while one is missing. */
export function objectionToNeedless(given: ApprovedAgain): Deny | undefined {
  const is = isGranted(given.request.status) ? whatIsGranted(given.request) : whatIsMissing(given)
  return is === undefined ? undefined : denied('E_GRANT_NEEDLESS', say`Request ${given.request.metadata.name} ` + is)
}

function whatIsGranted({ spec, status = {} }: AccessRequest): string {
  const until = minute(Date.parse(status.expiresAt ?? ''))
  if (status.phase === 'Active') return `is active already, until ${until}`
  if (status.phase === 'Scheduled') return say`is approved already: its access begins at ${spec.startAt ?? ''}`
  return `is approved already, until ${until}, and its access is being made`
}

/** Returns a time for people: `2026-11-21 13:00 UTC`. */
function minute(at: Instant): string {
  return Number.isNaN(at) ? 'its end' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function whatIsMissing({ request, challenges, approvals, now }: ApprovedAgain): string | undefined {
  const { requestor = { username: '' }, startAt } = request.spec
  const stages = stagesOf(challenges)
  const has = stages.length > 0 ? 'has all the approvals that it needs' : withoutReviewers(request, approvals)
  if (has === undefined || countReviews(stages, approvals, requestor).needed !== undefined) return undefined
  const begin = Math.max(now, fromMicroTime(startAt ?? '') ?? now)
  const waits = [...validatorsOf(challenges), ...hoursOf(challenges, { requestor, approvals, begin })]
  return waits.length === 0 ? has : `${has}. It still waits: ${waits.join('; ')}`
}

/** Without a template the first approval decides, and a template without reviewers asks for none. */
function withoutReviewers(
  { spec: { templateRef } }: AccessRequest,
  approvals: readonly Approval[],
): string | undefined {
  if (!templateRef) return approvals.length > 0 ? 'has all the approvals that it needs' : undefined
  return say`does not need approval: ${templateRef.kind} ${templateRef.name} does not ask for any`
}

function validatorsOf(challenges: readonly Challenge[]): readonly string[] {
  return challenges.flatMap(({ webhook }) => (webhook ? [say`the validator ${webhook.name} must say yes`] : []))
}

/** Tells when the hours begin in which access is given, if they have not begun. */
function hoursOf(
  challenges: readonly Challenge[],
  facts: Omit<Parameters<typeof judgeChallenges>[1], 'answers'>,
): readonly string[] {
  const hours = challenges.filter(({ timeWindow }) => timeWindow)
  const judged = judgeChallenges(hours, { ...facts, answers: new Map() })
  return judged.verdict === 'met' ? [] : [judged.message]
}
