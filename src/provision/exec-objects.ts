import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Target } from '../api/kinds/access-request-status.ts'
import type { Manifest } from './manifest.ts'

/** On every object that Sallyport makes for an access: the uid of its request. */
export const requestUidLabel = 'access.sallyport.dev/request-uid'
/** And the name of the request, which may be longer than a label. */
export const requestAnnotation = 'access.sallyport.dev/request'

const rbac = 'rbac.authorization.k8s.io'

/** What the objects of a request are called. By its uid and not its name: one re-created under its name is another request. */
export function objectName(requestUid: string): string {
  return `sallyport-${requestUid}`
}

/**
 * The Role and RoleBinding that let one user exec into one pod. `get` is for WebSocket, `create` for SPDY and for the
 * check of its own that the API server makes since 1.35; `get pods` because kubectl looks at the pod first.
 *
 * Owned by the request, in whose namespace they are: so they go with it also when Sallyport is down.
 */
export function execObjects(request: AccessRequest, target: Target, username: string): readonly Manifest[] {
  const { name, namespace, uid } = request.metadata
  const metadata = {
    name: objectName(uid),
    namespace,
    labels: { 'app.kubernetes.io/managed-by': 'sallyport', [requestUidLabel]: uid },
    annotations: { [requestAnnotation]: name },
    ownerReferences: [
      { apiVersion: request.apiVersion, kind: request.kind, name, uid, controller: true, blockOwnerDeletion: false },
    ],
  }
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['pods'], resourceNames: [target.pod], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods/exec'], resourceNames: [target.pod], verbs: ['get', 'create'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: metadata.name },
      subjects: [{ apiGroup: rbac, kind: 'User', name: username }],
    },
  ]
}
