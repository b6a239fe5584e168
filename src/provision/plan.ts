import type { Instant } from '../api/duration.ts'
import { isFinished, isGranted } from '../decision/phase.ts'
import { say, toldByOthers } from '../decision/sentence.ts'
import { planEviction } from './eviction.ts'
import { finish, type Facts, type Plan, type RequestPolicy } from './request-plan.ts'
import { planGranted } from './plan-granted.ts'
import { planPending } from './plan-pending.ts'

/**
 * Level-triggered: from whatever state, one step to what should be.
 * @param now by which things end
 * @param earliest by which they begin, where the time of day is in doubt: not later than `now`
 */
export function plan(facts: Facts, policy: RequestPolicy, now: Instant, earliest = now): Plan {
  const { request } = facts
  if (isFinished(request)) return planFinished(facts, policy, now)
  const { revoked } = request.spec
  if (revoked) {
    const why = revoked.message === undefined ? '' : `: ${toldByOthers(revoked.message)}`
    return finish(request, 'Revoked', say`${revoked.by?.username ?? 'somebody'} revoked it` + why, now)
  }
  const at = { now, earliest }
  return isGranted(request.status) ? planGranted(facts, policy, at) : planPending(facts, policy, at)
}

function planFinished({ request, eviction }: Facts, { retentionMs }: RequestPolicy, now: Instant): Plan {
  const { metadata, status = {} } = request
  if (eviction) return planEviction(request, eviction, now)
  const finishedAt = Date.parse(status.finishedAt ?? metadata.creationTimestamp)
  const wakeAt = finishedAt + retentionMs
  return now < wakeAt ? { status, objects: [], wakeAt } : { status, objects: [], prune: true }
}
