import type { Instant } from '../../api/duration.ts'
import { execBinding, execRole } from './exec-objects.ts'
import { activePod, provisioned, type GrantedPod } from '../facts/granted.ts'
import type { Facts, Plan } from '../facts/request-plan.ts'

/** RBAC on the one pod. */
export function planExec(facts: Facts, granted: GrantedPod, now: Instant): Plan {
  const objects = [execRole(facts, granted.target), execBinding(facts.request, granted.requestor)]
  return facts.listed && facts.authorized
    ? { status: activePod(facts, granted, [], now), objects }
    : { status: provisioned(facts), objects, wantsRbac: true }
}
