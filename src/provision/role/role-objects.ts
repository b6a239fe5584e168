import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Binding } from '../../api/kinds/access/role-access.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import { providedMetadata } from '../provided-metadata.ts'
import { providedName, requestNamespaceAnnotation } from '../../api/provided-object.ts'
import { rbac } from '../exec/exec-objects.ts'
import type { Manifest } from '../../api/manifest.ts'
import { requestDigest, type BoundRoles } from '../../decision/digest.ts'
import type { FoundTarget } from '../access-kind.ts'
import type { Unresolved } from '../../decision/kinds/exec/resolve-target.ts'
import type { RequestFacts } from '../facts/request-facts.ts'
import { bindingsFor, bindingText } from '../../decision/kinds/role/role-bindings.ts'

/**
 * Returns the bindings that give the request's roles to one user, in the order of its bindings.
 * @param owner of the bindings that the request cannot own; undefined if it is not known
 */
export function roleBindings(
  request: AccessRequest,
  bindings: readonly Binding[],
  username: string,
  owner?: OwnerReference,
): readonly Manifest[] {
  return bindings.map(({ roleRef, namespace }, index) => ({
    apiVersion: `${rbac}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: boundMetadata(request, { namespace, index, owner }),
    roleRef: { apiGroup: rbac, ...roleRef },
    subjects: [subjectOf(username)],
  }))
}

/** Returns the name of the binding at this place among those of a request. */
export function boundName(uid: string, index: number): string {
  return `${providedName(uid)}-${index}`
}

interface Place {
  /** The namespace of the binding. Undefined if it holds in all namespaces. */
  readonly namespace: string | undefined
  readonly index: number
  readonly owner: OwnerReference | undefined
}

/**
 * A request owns the objects in its own namespace. It cannot own objects elsewhere. There the annotations name the
 * request, and the controller removes objects whose request is gone. The installation owns them, so that an uninstall
 * leaves nobody an access.
 */
function boundMetadata(request: AccessRequest, { namespace, index, owner }: Place): Manifest['metadata'] {
  const { ownerReferences, ...provided } = providedMetadata(request)
  const name = boundName(request.metadata.uid, index)
  const isOwned = ownerReferences !== undefined && namespace === request.metadata.namespace
  if (isOwned) return { ...provided, name, ownerReferences }
  const { labels, annotations } = provided
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    labels,
    annotations: { ...annotations, [requestNamespaceAnnotation]: request.metadata.namespace },
    ...(owner && { ownerReferences: [owner] }),
  }
}

const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/

/** Returns the requestor as a subject. Groups are never a subject. */
function subjectOf(username: string): object {
  const [, namespace, name] = serviceAccount.exec(username) ?? []
  return name === undefined
    ? { apiGroup: rbac, kind: 'User', name: username }
    : { kind: 'ServiceAccount', name, namespace }
}

/** Returns the bindings that an approved request would get. */
export function resolveRoles({ request, template }: RequestFacts): FoundTarget | Unresolved {
  const role = template?.spec.access.role
  if (!role) return { problem: 'its template offers no roles', final: true }
  const about = { bindings: bindingsFor(role, request.metadata.namespace) }
  return { about, words: rolesText(about), conditions: [] }
}

/**
 * Returns the bindings for an approved request, made from its unchanged template. Undefined if they differ from what
 * was approved, whatever the status lists.
 */
export function approvedBindings(facts: RequestFacts): readonly Binding[] | undefined {
  const { metadata, spec, status } = facts.request
  const role = facts.template?.spec.access.role
  if (!role) return undefined
  const bindings = bindingsFor(role, metadata.namespace)
  return status?.digest === requestDigest(metadata.uid, spec, { bindings }, status?.template) ? bindings : undefined
}

export function rolesText({ bindings }: BoundRoles): string {
  return bindings.map(bindingText).join(', ')
}
