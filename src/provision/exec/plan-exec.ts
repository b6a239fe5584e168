import type { Instant } from '../../api/duration.ts'
import { accessMessage } from '../facts/access-message.ts'
import { active, provisioned, type GrantedPod } from '../facts/granted.ts'
import type { GrantedFacts } from '../facts/request-facts.ts'
import type { Plan } from '../facts/request-plan.ts'
import { execBinding, execRole } from './exec-objects.ts'

/** Plans the Role and the RoleBinding on the one pod. */
export function planExec(facts: GrantedFacts, { target, requestor }: GrantedPod, now: Instant): Plan {
  const objects = [execRole(facts, target), execBinding(facts.request, requestor)]
  return facts.listed && facts.authorized
    ? { status: active(facts, objects, accessMessage(facts, target), now), objects }
    : { status: provisioned(facts), objects, then: { do: 'await-ready' } }
}
