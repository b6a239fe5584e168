import type { AccessGrant } from '../api/kinds/access-grant.ts'
import { targetChanged } from '../decision/target.ts'
import { evictionOf } from './eviction.ts'
import { approved, denyRequest, verdictOn } from './approval.ts'
import { execRole } from './exec-objects.ts'
import { planResolve } from './plan-resolve.ts'
import { finish, underpinningsChanged, type Facts, type Moment, type Plan, type RequestPolicy } from './request-plan.ts'

/** A request that waits: for its pod, then for a verdict. */
export function planPending(facts: Facts, policy: RequestPolicy, { now, earliest }: Moment): Plan {
  const { request } = facts
  const decideBy = Date.parse(request.metadata.creationTimestamp) + policy.pendingTimeoutMs
  const verdict = verdictOn(facts, policy)
  if (verdict.verdict === 'denied') return denyRequest(facts, verdict.by, now)
  if (now >= decideBy) return finish(request, 'Expired', 'nobody decided it in time', now)

  const { target } = request.status ?? {}
  if (!target) return planResolve(facts, policy, decideBy, now)
  const isMadeLater = request.spec.shell !== undefined
  const changed = underpinningsChanged(facts) ?? (isMadeLater ? undefined : targetChanged(target, facts.pod))
  if (changed !== undefined) return finish(request, 'Failed', changed, now)
  const objects = [execRole(facts, target)]
  const waiting = { status: request.status ?? {}, objects, wakeAt: decideBy }
  return verdict.verdict === 'approved' ? approve(facts, verdict.by, waiting, { now, earliest }) : waiting
}

/** What is to be evicted at the end is noted first: also a crash right after the approval leaves nobody inside. */
function approve(facts: Facts, by: readonly AccessGrant[], waiting: Plan, { now, earliest }: Moment): Plan {
  const notes = facts.eviction ? undefined : evictionOf(facts.request, earliest)
  return notes ? { ...waiting, notes } : { ...waiting, status: approved(facts, by, earliest), wakeAt: now }
}
