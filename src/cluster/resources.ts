import type { Resource } from './resource.ts'

const rbac = 'rbac.authorization.k8s.io/v1'
const admission = 'admissionregistration.k8s.io/v1'

/** The built-in resources that Sallyport reads or writes, by kind. */
export const resources = {
  Namespace: { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
  ServiceAccount: { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true },
  ClusterRole: { apiVersion: rbac, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false },
  ClusterRoleBinding: {
    apiVersion: rbac,
    kind: 'ClusterRoleBinding',
    plural: 'clusterrolebindings',
    namespaced: false,
  },
  ValidatingWebhookConfiguration: {
    apiVersion: admission,
    kind: 'ValidatingWebhookConfiguration',
    plural: 'validatingwebhookconfigurations',
    namespaced: false,
  },
} as const satisfies Record<string, Resource>

/** The resource of an object that is to be written, by its kind. */
export function resourceOf(kind: string): Resource {
  const found = Object.values(resources).find((resource) => resource.kind === kind)
  if (!found) throw new Error(`src/cluster/resources.ts does not know the kind ${kind}`)
  return found
}
