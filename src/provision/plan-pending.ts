import { parseDuration, type Instant, type Milliseconds } from '../api/duration.ts'
import { fromMicroTime, toMicroTime } from '../api/micro-time.ts'
import type { AccessGrant } from '../api/kinds/access-grant.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import { defaultDuration } from '../api/kinds/access-request-spec.ts'
import { maxPassRequests } from '../api/kinds/access-pass.ts'
import type { AccessRequestStatus, Target } from '../api/kinds/access-request-status.ts'
import type { Condition } from '../api/kinds/condition.ts'
import { objectionTo, type ApprovalPolicy } from '../decision/approval.ts'
import { requestDigest, shortDigestLength } from '../decision/digest.ts'
import { say } from '../decision/sentence.ts'
import { resolveTarget, targetChanged } from '../decision/target.ts'
import { withCondition, type ConditionType } from './conditions.ts'
import { execRole } from './exec-objects.ts'
import { finish, type Facts, type Moment, type Plan, type RequestPolicy } from './request-plan.ts'

/** A request that waits: for its pod, then for a verdict. */
export function planPending(facts: Facts, policy: RequestPolicy, { now, earliest }: Moment): Plan {
  const { request } = facts
  const decideBy = Date.parse(request.metadata.creationTimestamp) + policy.pendingTimeoutMs
  const verdict = decisive(facts, policy)
  if (verdict?.spec.verdict === 'Denied') return denyRequest(request, verdict, now)
  if (now >= decideBy) return finish(request, 'Expired', 'nobody decided it in time', now)

  const { target } = request.status ?? {}
  if (!target) return resolve(facts, decideBy, now)
  const changed = targetChanged(target, facts.pod)
  if (changed !== undefined) return finish(request, 'Failed', changed, now)
  const objects = [execRole(request, target)]
  if (verdict) return { status: approved(request, verdict, earliest), objects, wakeAt: now }
  return { status: waiting(request, target, now), objects, wakeAt: decideBy }
}

/** The verdict that counts: a denial before an approval, then the first. */
function decisive({ request, grants }: Facts, policy: ApprovalPolicy): AccessGrant | undefined {
  const good = grants.filter(({ metadata, spec }) => {
    if (metadata.deletionTimestamp !== undefined || !spec.grantedBy) return false
    return spec.requestRef.uid === request.metadata.uid && !objectionTo(spec, spec.grantedBy.username, request, policy)
  })
  const [first] = good.toSorted((a, b) => order(a).localeCompare(order(b)))
  return good.find(({ spec }) => spec.verdict === 'Denied') ?? first
}

function order({ metadata }: AccessGrant): string {
  return `${metadata.creationTimestamp} ${metadata.name}`
}

function resolve({ request, pod, crowded }: Facts, wakeAt: Instant, now: Instant): Plan {
  if (!request.spec.exec) return finish(request, 'Failed', 'it names no access that this Sallyport knows', now)
  const { startAt } = request.spec
  if (startAt !== undefined && fromMicroTime(startAt) === undefined) {
    return finish(request, 'Failed', say`spec.startAt is no time such as 2026-11-22T08:00:00Z: ${startAt}`, now)
  }
  if (crowded) {
    const message = `you have ${maxPassRequests} unfinished requests for this pod: revoke or delete one, and ask again`
    return finish(request, 'Failed', message, now)
  }
  const resolved = resolveTarget(request.spec.exec, request.metadata.namespace, pod)
  if ('target' in resolved) return { status: waiting(request, resolved.target, now), objects: [], wakeAt }
  const status = withStatus(
    request,
    'TargetResolved',
    { status: 'False', reason: 'NotFound', message: resolved.problem },
    now,
  )
  if (resolved.final) return finish({ ...request, status }, 'Failed', resolved.problem, now)
  return { status: { ...status, phase: 'Pending', message: resolved.problem }, objects: [], wakeAt }
}

function waiting(request: AccessRequest, target: Target, now: Instant): AccessRequestStatus {
  const { uid, generation } = request.metadata
  const digest = requestDigest(uid, request.spec, target)
  const shortDigest = digest.slice(0, shortDigestLength)
  const any = request.spec.exec?.command ? '' : ', for ANY command'
  const message = say`waits for a grant of ${shortDigest}${any}`
  const found = say`pod ${target.pod}, container ${target.container}`
  return {
    ...withStatus(request, 'TargetResolved', { status: 'True', reason: 'Found', message: found }, now),
    phase: 'Pending',
    message,
    observedGeneration: generation,
    target,
    digest,
    shortDigest,
  }
}

function approved(request: AccessRequest, grant: AccessGrant, now: Instant): AccessRequestStatus {
  const grantedBy = grant.spec.grantedBy?.username ?? ''
  const begin = Math.max(now, fromMicroTime(request.spec.startAt ?? '') ?? now)
  const message = say`${grantedBy} granted it`
  return {
    ...withStatus(request, 'Approved', { status: 'True', reason: 'Granted', message }, now),
    phase: begin > now ? 'Scheduled' : 'Approved',
    message,
    approvals: [{ name: grant.metadata.name, uid: grant.metadata.uid, grantedBy }],
    approvedAt: toMicroTime(now),
    expiresAt: toMicroTime(begin + durationOf(request, grant)),
  }
}

/** What was asked, or what the approver shortened it to. */
function durationOf({ spec }: AccessRequest, grant: AccessGrant): Milliseconds {
  const asked = parseDuration(spec.duration ?? defaultDuration) ?? 0
  const granted = grant.spec.duration === undefined ? asked : (parseDuration(grant.spec.duration) ?? 0)
  return Math.min(asked, granted)
}

function denyRequest(request: AccessRequest, { spec }: AccessGrant, now: Instant): Plan {
  const why = spec.message === undefined ? '' : say`: ${spec.message}`
  const message = say`${spec.grantedBy?.username ?? 'somebody'} denied it` + why
  const status = withStatus(request, 'Approved', { status: 'False', reason: 'Denied', message }, now)
  return finish({ ...request, status }, 'Denied', message, now)
}

function withStatus(
  { status }: AccessRequest,
  type: ConditionType,
  condition: Pick<Condition, 'status' | 'reason' | 'message'>,
  now: Instant,
): AccessRequestStatus {
  return { ...status, conditions: withCondition(status?.conditions, type, condition, now) }
}
