import type { Instant } from '../../api/duration.ts'
import { roleMessage } from '../facts/access-message.ts'
import { active, provisioned, type Granted } from '../facts/granted.ts'
import type { Manifest } from '../../api/manifest.ts'
import { finish } from '../facts/finish.ts'
import type { GrantedFacts, RequestFacts } from '../facts/request-facts.ts'
import type { Plan } from '../facts/request-plan.ts'
import { isGranted } from '../../decision/phase.ts'
import type { AccessProof } from '../access-kind.ts'
import { approvedBindings, roleBindings } from './role-objects.ts'

/**
 * Roles, bound to who asked. It is ready once each binding was seen in a watch of the API server, as its authorizer sees
 * them: what a role allows is not read, so that there is nothing to ask a SubjectAccessReview for.
 */
export function planRole(facts: GrantedFacts, granted: Granted, now: Instant): Plan {
  const objects = wantedBindings(facts, granted.requestor)
  if (!objects) return finish(facts.request, 'Failed', 'it is not what was approved', now)
  if (!facts.bound) return { status: provisioned(facts), objects }
  return { status: active(facts, objects, roleMessage(facts, objects[0]?.metadata.namespace), now), objects }
}

/** All that is to be bound for a request; undefined where it is not what was approved. */
function wantedBindings(facts: RequestFacts, requestor: string): readonly Manifest[] | undefined {
  const bindings = approvedBindings(facts)
  return bindings && roleBindings(facts.request, bindings, requestor)
}

/** Each binding of a granted request must be seen. */
export function roleProof(facts: RequestFacts): AccessProof {
  const { requestor } = facts.request.spec
  const isDue = requestor && isGranted(facts.request.status)
  return { by: 'bindings', bindings: isDue ? wantedBindings(facts, requestor.username) : undefined }
}
