import { createHash } from 'node:crypto'
import type { AccessRequestSpec } from '../api/kinds/access-request-spec.ts'
import type { Target, UsedTemplate } from '../api/kinds/access-request-status.ts'
import type { Binding } from '../api/kinds/role-access.ts'
import { canonicalJson } from './canonical-json.ts'

/** How much of a digest an approver must quote, and what tables show. */
export const shortDigestLength = 12

/** What a request for roles is about, as a pod is what others are about. */
export interface BoundRoles {
  readonly bindings: readonly Binding[]
}

/**
 * What an approver approves, as 64 hex characters: this request (its uid), all that it asks, the template it was
 * taken up under, and what the pod's name stood for or which roles are bound where. `revoked` is left out: it comes later, and ends the access anyway.
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

/** Of a shell pod, which is not there yet, what will be made; of any other all that is known. */
function approvable(target: Target | BoundRoles): object {
  if ('bindings' in target || target.podDigest === undefined) return target
  const { podUID, imageID, node, ...approved } = target
  return approved
}
