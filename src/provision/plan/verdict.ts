import type { Instant, Milliseconds } from '../../api/duration.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import type { ApprovalPolicy } from '../../decision/approval/approval.ts'
import { challengesOf } from '../../decision/admission/direct-rules.ts'
import { stagesOf } from '../../decision/challenge/challenge-kind.ts'
import { countReviews } from '../../decision/challenge/peer-review.ts'
import { judgeChallenges, type Awaits, type ChallengesJudged } from '../../decision/challenge/judge.ts'
import type { DenyCode } from '../../decision/text/codes.ts'
import { isGood, standingApprovals } from '../../decision/approval/standing-approvals.ts'
import type { DecisionFacts, GrantFacts, RequestFacts } from '../facts/request-facts.ts'
import type { Moment } from '../facts/request-plan.ts'

/** The verdict of the approvers, and of the template's challenges, on a request. */
export type RequestVerdict =
  /** `until`: only time is missing. */
  | { readonly verdict: 'waits'; readonly message?: string; readonly awaits: Awaits; readonly until?: Instant }
  | { readonly verdict: 'refused'; readonly code: DenyCode; readonly message: string }
  /**
   * The grants in `by` approved it. There are none if the template asks for no approval. The access must have ended by
   * `boundsExpiry`.
   */
  | { readonly verdict: 'approved'; readonly by: readonly AccessGrant[]; readonly boundsExpiry?: Instant }

/** Returns the first denial that counts. One denial ends the request, whatever the others say. */
export function denialOf(
  { request, template, grants }: RequestFacts & GrantFacts,
  policy: ApprovalPolicy,
): AccessGrant | undefined {
  return grants.find((grant) => grant.spec.verdict === 'Denied' && isGood(grant, request, template, policy))
}

// The pause while one clock says that a window is open, and the other says that it is not.
const inDoubtMs: Milliseconds = 10_000

/**
 * Judges a request. Without a template the first approval decides. Under a template all its challenges must be met, by
 * both clocks. Grants are counted anew each time, so a grant that was withdrawn meanwhile does not count.
 */
export function verdictOn(facts: DecisionFacts, policy: ApprovalPolicy, { now, earliest }: Moment): RequestVerdict {
  if (!facts.request.spec.templateRef) return firstApproval(facts, policy)
  const late = judgeAt(facts, policy, now)
  const early = now === earliest ? late : judgeAt(facts, policy, earliest)
  // While it waits, the later clock counts: the time of the next look is then ahead of both clocks. Once it is met, the
  // earlier clock counts: the access begins by that clock, and its end must fit.
  if (early.verdict === late.verdict) return asVerdict(facts, late.verdict === 'met' ? early : late)
  const awaits = ['the time of day']
  return { verdict: 'waits', message: 'the time of day is in doubt', awaits, until: now + inDoubtMs }
}

function firstApproval({ request, template, grants }: DecisionFacts, policy: ApprovalPolicy): RequestVerdict {
  const [first] = standingApprovals(grants, request, template, policy).toSorted((a, b) => compare(order(a), order(b)))
  const by = grants.filter(({ metadata }) => metadata.uid === first?.uid)
  if (first) return { verdict: 'approved', by }
  const stages = stagesOf(challengesOf(request, template, policy.direct))
  const { needed, awaits } = countReviews(stages, [], request.spec.requestor ?? { username: '' })
  if (needed === undefined) return { verdict: 'waits', awaits: ['1 approver'] }
  return { verdict: 'waits', awaits, message: `it needs approval by ${needed}` }
}

function order({ at, name }: { readonly at: string; readonly name: string }): string {
  return `${at} ${name}`
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}

function judgeAt(facts: DecisionFacts, policy: ApprovalPolicy, now: Instant): ChallengesJudged {
  const { request, template, grants, answers } = facts
  const { requestor, startAt } = request.spec
  if (!template || !requestor) return { verdict: 'waits', message: 'its template is gone', awaits: ['its template'] }
  return judgeChallenges(template.spec.challenges ?? [], {
    requestor,
    approvals: standingApprovals(grants, request, template, policy),
    begin: Math.max(now, fromMicroTime(startAt ?? '') ?? now),
    answers,
  })
}

function asVerdict({ grants }: DecisionFacts, judged: ChallengesJudged): RequestVerdict {
  if (judged.verdict !== 'met') return judged
  const { counted, boundsExpiry } = judged
  const by = counted.flatMap(({ uid }) => grants.filter(({ metadata }) => metadata.uid === uid))
  return { verdict: 'approved', by, ...(boundsExpiry !== undefined && { boundsExpiry }) }
}
