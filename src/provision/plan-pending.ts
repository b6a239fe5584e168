import { targetChanged } from '../decision/target.ts'
import { approved, denyRequest, verdictOn } from './approval.ts'
import { beforehand } from './plan-granted.ts'
import { planResolve } from './plan-resolve.ts'
import { finish, underpinningsChanged, type Facts, type Moment, type Plan, type RequestPolicy } from './request-plan.ts'

/** A request that waits: for its pod, then for a verdict. */
export function planPending(facts: Facts, policy: RequestPolicy, { now, earliest }: Moment): Plan {
  const { request } = facts
  const decideBy = Date.parse(request.metadata.creationTimestamp) + policy.pendingTimeoutMs
  const verdict = verdictOn(facts, policy)
  if (verdict.verdict === 'denied') return denyRequest(facts, verdict.by, now)
  if (now >= decideBy) return finish(request, 'Expired', 'nobody decided it in time', now)

  const { target, bindings } = request.status ?? {}
  if (!target && !bindings) return planResolve(facts, policy, decideBy, now)
  const changed = underpinningsChanged(facts) ?? podChanged(facts)
  if (changed !== undefined) return finish(request, 'Failed', changed, now)
  const objects = beforehand(facts)
  if (verdict.verdict === 'approved') return { status: approved(facts, verdict.by, earliest), objects, wakeAt: now }
  return { status: request.status ?? {}, objects, wakeAt: decideBy }
}

/** What there is before the approval; a shell pod is not. */
function podChanged({ request: { spec, status }, pod }: Facts): string | undefined {
  return status?.target && !spec.shell ? targetChanged(status.target, pod) : undefined
}
