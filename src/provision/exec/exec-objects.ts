import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { execRights } from '../../decision/kinds/exec/exec-rights.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import type { ExecScope } from '../../decision/kinds/exec/exec-scope.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { AccessProof } from '../access-kind.ts'
import type { RequestFacts } from '../facts/request-facts.ts'
import { providedMetadata } from '../provided-metadata.ts'

export const rbac = 'rbac.authorization.k8s.io'

/**
 * Returns the Role that lets a user exec into one pod. kubectl reads the pod first. kubectl debug watches the pod until
 * the container runs.
 *
 * The Role is made as soon as the target is known. Without the binding it lets nobody in. If both were made together,
 * the binding would wait: the API server's second escalation check within 100 ms took that long, otherwise 6 ms.
 */
export function execRole({ request, template }: RequestFacts, target: Target): Manifest {
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

/** Returns the Role on the request's pod, once the pod is known. */
export function podRole(facts: RequestFacts): readonly Manifest[] {
  const target = facts.request.status?.target
  return target ? [execRole(facts, target)] : []
}

/** Returns the RoleBinding that gives the Role to one user. */
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

/** Tells approvers that nothing limits the commands that may run. */
export const anyCommand = ', for ANY command'

/**
 * Asks about the first right that the access gives, because the API server learns of all of them together. For exec that
 * is both verbs: `get` opens a WebSocket, and `create` opens SPDY. Since Kubernetes 1.35 every exec needs `create`.
 */
export function podProof({ request, template }: RequestFacts): AccessProof {
  const name = request.status?.target?.pod
  const [right] = execRights(scopeOf(request.spec, template) ?? {})
  if (name === undefined || !right) return { by: 'questions', questions: [] }
  const { subresource } = right
  const where = { group: '', resource: 'pods', subresource, namespace: request.metadata.namespace, name }
  return { by: 'questions', questions: right.verbs.map((verb) => ({ ...where, verb })) }
}
