import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { execRights } from '../../decision/kinds/exec-rights.ts'
import { scopeOf, type ExecScope } from '../../decision/kinds/exec-scope.ts'
import type { Manifest } from '../../api/manifest.ts'
import { providedMetadata } from '../provided-metadata.ts'

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
