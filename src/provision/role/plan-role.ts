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
 * Plans roles that are bound to the requestor. The access is ready once each binding was seen in a watch of the API
 * server, as its authorizer sees them. Sallyport does not read what a role allows, so it has nothing to ask a
 * SubjectAccessReview for.
 */
export function planRole(facts: GrantedFacts, granted: Granted, now: Instant): Plan {
  const objects = wantedBindings(facts, granted.requestor)
  if (!objects) return finish(facts.request, 'Failed', 'its roles are not those that were approved: ask again', now)
  if (!facts.bound) return { status: provisioned(facts), objects }
  return { status: active(facts, objects, roleMessage(facts, objects[0]?.metadata.namespace), now), objects }
}

/** Returns all bindings for a request. Undefined if it is not what was approved. */
function wantedBindings(facts: RequestFacts, requestor: string): readonly Manifest[] | undefined {
  const bindings = approvedBindings(facts)
  return bindings && roleBindings(facts.request, bindings, requestor, facts.owner)
}

/** Returns the proof of access by roles: each binding of a granted request must be seen. */
export function roleProof(facts: RequestFacts): AccessProof {
  const { requestor } = facts.request.spec
  const isDue = requestor && isGranted(facts.request.status)
  return { by: 'bindings', bindings: isDue ? wantedBindings(facts, requestor.username) : undefined }
}
