import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Target } from '../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { execRights } from '../decision/exec-rights.ts'
import { scopeOf, type ExecScope } from '../decision/exec-scope.ts'
import type { Manifest } from './manifest.ts'

/** On every object that Sallyport makes for an access: the uid of its request. */
export const requestUidLabel = 'access.sallyport.dev/request-uid'
/** And the name of the request, which may be longer than a label. */
export const requestAnnotation = 'access.sallyport.dev/request'
/** And its namespace, on bindings that are in another or in none. */
export const requestNamespaceAnnotation = 'access.sallyport.dev/request-namespace'

/** Name of what is made for a request. By uid: a request re-created under its name is another one. */
export function providedName(uid: string): string {
  return `sallyport-${uid}`
}

/** Whether something that is made for a request would be named so: the one name, or for several bindings with a number. */
export function isProvidedName(uid: string, name: string): boolean {
  const own = providedName(uid)
  return name === own || (name.startsWith(`${own}-`) && /^\d{1,2}$/.test(name.slice(own.length + 1)))
}

interface ExecFacts {
  readonly request: AccessRequest
  readonly template: AnyTemplate | undefined
}

export const rbac = 'rbac.authorization.k8s.io'

/**
 * What lets somebody exec into one pod. kubectl looks at the pod first. kubectl debug follows the one pod until the
 * container runs.
 *
 * It is there from the moment the target is known and lets nobody in without the binding. Made together, the binding
 * would wait: the API server's second escalation check within 100 ms took that long, else 6 ms.
 */
export function execRole({ request, template }: ExecFacts, target: Target): Manifest {
  const scope: Partial<ExecScope> = scopeOf(request.spec, template) ?? {}
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: providedMetadata(request),
    rules: [
      podRule(target, 'pods', scope.debug ? ['get', 'list', 'watch'] : ['get']),
      ...execRights(scope).map(({ subresource, verbs }) => podRule(target, `pods/${subresource}`, verbs)),
    ],
  }
}

function podRule({ pod }: Target, resource: string, verbs: readonly string[]): object {
  return { apiGroups: [''], resources: [resource], resourceNames: [pod], verbs }
}

/** What gives it to one user. */
export function execBinding(request: AccessRequest, username: string): Manifest {
  const metadata = providedMetadata(request)
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: rbac, kind: 'Role', name: metadata.name },
    subjects: [{ apiGroup: rbac, kind: 'User', name: username }],
  }
}

/** Owned by the request, in whose namespace they are: so they go with it also when Sallyport is down. */
export function providedMetadata({ apiVersion, kind, metadata }: AccessRequest): Manifest['metadata'] {
  const { name, namespace, uid } = metadata
  return {
    name: providedName(uid),
    namespace,
    labels: { 'app.kubernetes.io/managed-by': 'sallyport', [requestUidLabel]: uid },
    annotations: { [requestAnnotation]: name },
    ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: false }],
  }
}
