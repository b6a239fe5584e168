import { parseDuration, type Instant, type Milliseconds } from '../api/duration.ts'
import type { AccessGrant } from '../api/kinds/access-grant.ts'
import type { AccessRequestStatus } from '../api/kinds/access-request-status.ts'
import { fromMicroTime, toMicroTime } from '../api/micro-time.ts'
import { objectionTo, type ApprovalPolicy } from '../decision/approval.ts'
import { say } from '../decision/sentence.ts'
import { askedDuration } from '../decision/template.ts'
import { withCondition } from './conditions.ts'
import { finish, type Facts, type Plan } from './request-plan.ts'

/** What the approvers have said so far. */
export type Verdict =
  | { readonly verdict: 'none' }
  | { readonly verdict: 'denied'; readonly by: AccessGrant }
  /** By these grants; none where the template asks for none. */
  | { readonly verdict: 'approved'; readonly by: readonly AccessGrant[] }

/** A denial counts before an approval, and then the first approval. */
export function verdictOn({ request, grants }: Facts, policy: ApprovalPolicy): Verdict {
  const good = grants.filter(({ metadata, spec }) => {
    if (metadata.deletionTimestamp !== undefined || !spec.grantedBy) return false
    return spec.requestRef.uid === request.metadata.uid && !objectionTo(spec, spec.grantedBy.username, request, policy)
  })
  const denial = good.find(({ spec }) => spec.verdict === 'Denied')
  if (denial) return { verdict: 'denied', by: denial }
  if (request.spec.templateRef) return { verdict: 'approved', by: [] }
  const [first] = good.toSorted((a, b) => order(a).localeCompare(order(b)))
  return first ? { verdict: 'approved', by: [first] } : { verdict: 'none' }
}

function order({ metadata }: AccessGrant): string {
  return `${metadata.creationTimestamp} ${metadata.name}`
}

/** The status of a request that was approved now: when it ends is said here, once. */
export function approved(facts: Facts, by: readonly AccessGrant[], now: Instant): AccessRequestStatus {
  const { status, spec } = facts.request
  const begin = Math.max(now, fromMicroTime(spec.startAt ?? '') ?? now)
  const approvals = by.map(({ metadata, spec: { grantedBy } }) => ({
    name: metadata.name,
    uid: metadata.uid,
    grantedBy: grantedBy?.username ?? '',
  }))
  const message =
    by.length === 0
      ? say`${spec.templateRef?.kind ?? ''} ${spec.templateRef?.name ?? ''} asks for no approval`
      : say`${approvals.map(({ grantedBy }) => grantedBy).join(', ')} granted it`
  const granted = { status: 'True', reason: 'Granted', message } as const
  return {
    ...status,
    conditions: withCondition(status?.conditions, 'Approved', granted, now),
    phase: begin > now ? 'Scheduled' : 'Approved',
    message,
    approvals,
    approvedAt: toMicroTime(now),
    expiresAt: toMicroTime(begin + durationOf(facts, by)),
  }
}

/** What was asked, or what an approver shortened it to. */
function durationOf({ request, template }: Facts, by: readonly AccessGrant[]): Milliseconds {
  const granted = by.flatMap(({ spec }) => (spec.duration === undefined ? [] : [parseDuration(spec.duration) ?? 0]))
  return Math.min(askedDuration(request.spec, template), ...granted)
}

/** The end of a request that somebody denied. */
export function denyRequest({ request }: Facts, { spec }: AccessGrant, now: Instant): Plan {
  const why = spec.message === undefined ? '' : say`: ${spec.message}`
  const message = say`${spec.grantedBy?.username ?? 'somebody'} denied it` + why
  const denial = { status: 'False', reason: 'Denied', message } as const
  const conditions = withCondition(request.status?.conditions, 'Approved', denial, now)
  return finish({ ...request, status: { ...request.status, conditions } }, 'Denied', message, now)
}
