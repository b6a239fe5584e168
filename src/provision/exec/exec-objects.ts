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
 * What lets somebody exec into one pod. kubectl looks at the pod first. kubectl debug follows the one pod until the
 * container runs.
 *
 * It is there from the moment the target is known and lets nobody in without the binding. Made together, the binding
 * would wait: the API server's second escalation check within 100 ms took that long, else 6 ms.
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

/** The role on the pod of a request, once that is known. */
export function podRole(facts: RequestFacts): readonly Manifest[] {
  const target = facts.request.status?.target
  return target ? [execRole(facts, target)] : []
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

/** Says to approvers that nothing bounds what may be run. */
export const anyCommand = ', for ANY command'

/** The first of the rights that are given stands for all: the API server learns of them together. */
export function podProof({ request, template }: RequestFacts): AccessProof {
  const name = request.status?.target?.pod
  const [right] = execRights(scopeOf(request.spec, template) ?? {})
  if (name === undefined || !right) return { by: 'questions', questions: [] }
  const { subresource } = right
  const where = { group: '', resource: 'pods', subresource, namespace: request.metadata.namespace, name }
  return { by: 'questions', questions: right.verbs.map((verb) => ({ ...where, verb })) }
}
