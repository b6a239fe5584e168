import type { InstallObject } from './install-object.ts'
import { installation, ownLabels } from './names.ts'

interface PolicyRule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly verbs: readonly string[]
}

/** All that Sallyport's service account may do, each with its reason. */
const ownRules: readonly { readonly why: string; readonly rule: PolicyRule }[] = [
  { why: 'readiness: does the API server answer', rule: { nonResourceURLs: ['/version'], verbs: ['get'] } },
]

/** Namespace, service account, and the role that the table above makes. */
export function ownAccount(): readonly InstallObject[] {
  const { namespace, serviceAccount, name } = installation
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: ownLabels } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccount, namespace, labels: ownLabels } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, labels: ownLabels },
      rules: ownRules.map(({ rule }) => rule),
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name, labels: ownLabels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
    },
  ]
}
