import type { Resource } from './resource.ts'

const core = 'v1'
const apps = 'apps/v1'
const rbac = 'rbac.authorization.k8s.io/v1'
const admission = 'admissionregistration.k8s.io/v1'

function clusterWide<K extends string>(apiVersion: string, kind: K, plural: string): Resource & { readonly kind: K } {
  return { apiVersion, kind, plural, namespaced: false }
}

function namespaced<K extends string>(apiVersion: string, kind: K, plural: string): Resource & { readonly kind: K } {
  return { apiVersion, kind, plural, namespaced: true }
}

/** The built-in resources that Sallyport reads or writes, by kind. */
export const resources = {
  Namespace: clusterWide(core, 'Namespace', 'namespaces'),
  Pod: namespaced(core, 'Pod', 'pods'),
  Secret: namespaced(core, 'Secret', 'secrets'),
  ConfigMap: namespaced(core, 'ConfigMap', 'configmaps'),
  Deployment: namespaced(apps, 'Deployment', 'deployments'),
  StatefulSet: namespaced(apps, 'StatefulSet', 'statefulsets'),
  DaemonSet: namespaced(apps, 'DaemonSet', 'daemonsets'),
  ReplicaSet: namespaced(apps, 'ReplicaSet', 'replicasets'),
  Job: namespaced('batch/v1', 'Job', 'jobs'),
  CronJob: namespaced('batch/v1', 'CronJob', 'cronjobs'),
  ServiceAccount: namespaced(core, 'ServiceAccount', 'serviceaccounts'),
  Event: namespaced('events.k8s.io/v1', 'Event', 'events'),
  Role: namespaced(rbac, 'Role', 'roles'),
  RoleBinding: namespaced(rbac, 'RoleBinding', 'rolebindings'),
  ClusterRole: clusterWide(rbac, 'ClusterRole', 'clusterroles'),
  ClusterRoleBinding: clusterWide(rbac, 'ClusterRoleBinding', 'clusterrolebindings'),
  CustomResourceDefinition: clusterWide(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
  ),
  MutatingWebhookConfiguration: clusterWide(admission, 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations'),
  ValidatingWebhookConfiguration: clusterWide(
    admission,
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
  ),
  ValidatingAdmissionPolicy: clusterWide(admission, 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies'),
  ValidatingAdmissionPolicyBinding: clusterWide(
    admission,
    'ValidatingAdmissionPolicyBinding',
    'validatingadmissionpolicybindings',
  ),
} as const satisfies Record<string, Resource>

/** Returns the resource of an object that is to be written, by its kind. */
export function resourceOf(kind: string): Resource {
  const found = Object.values(resources).find((resource) => resource.kind === kind)
  if (!found) throw new Error(`src/cluster/client/resources.ts does not know the kind ${kind}`)
  return found
}
