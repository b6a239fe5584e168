import { createHash } from 'node:crypto'
import type { AccessRequestSpec } from '../api/kinds/access-request-spec.ts'
import type { Target, UsedTemplate } from '../api/kinds/access-request-status.ts'
import type { Binding } from '../api/kinds/access/role-access.ts'
import { canonicalJson } from './canonical-json.ts'

/** The number of characters of a digest that an approver must quote, and that tables show. */
export const shortDigestLength = 12

/** The target of a request for roles. The target of other requests is a pod. */
export interface BoundRoles {
  readonly bindings: readonly Binding[]
}

/**
 * The digest that an approver approves, as 64 hex characters. It covers this request (its uid), all that it asks, and
 * the template that it was taken up under. It also covers its target: what the name of the pod stood for, or which
 * roles are bound where. `revoked` is left out: it comes later, and ends the access anyway.
 */
export function requestDigest(
  uid: string,
  spec: AccessRequestSpec,
  target: Target | BoundRoles,
  template: UsedTemplate | undefined,
): string {
  const asked = { ...spec, revoked: undefined }
  return createHash('sha256')
    .update(canonicalJson({ uid, spec: asked, target: approvable(target), template }))
    .digest('hex')
}

/** The part of a target that is approved. A shell pod does not exist yet: only what will be made is approved. */
function approvable(target: Target | BoundRoles): object {
  if ('bindings' in target || target.podDigest === undefined) return target
  const { podUID, imageID, node, ...approved } = target
  return approved
}
