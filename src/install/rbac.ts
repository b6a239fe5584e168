import { allKinds } from '../api/kinds/all-kinds.ts'
import { apiGroup } from '../api/kinds/kind.ts'
import { apiGroupOf } from '../decision/api-group.ts'
import type { Manifest } from '../api/manifest.ts'
import { guardPolicyNames } from './guard-policy.ts'
import { binderLabel, installation, ownLabels } from '../api/installation.ts'

interface PolicyRule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly verbs: readonly string[]
}

const rbac = 'rbac.authorization.k8s.io'
const admissionGroup = 'admissionregistration.k8s.io'
const webhookConfigurationResources = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations']
const read = ['get', 'list', 'watch']

/** The rules of Sallyport's service account, each with its reason. */
const ownRules: readonly { readonly why: string; readonly rule: PolicyRule }[] = [
  { why: 'readiness: does the API server answer', rule: { nonResourceURLs: ['/version'], verbs: ['get'] } },
  {
    why: 'self-check: the subresources that one can connect to',
    rule: { nonResourceURLs: ['/api', '/apis'], verbs: ['get'] },
  },
  ...heldObjects(['get'], 'self-check: the objects that hold the gate are as the config has them'),
  {
    // With a field selector for its name, RBAC allows one to list and watch one object.
    why: 'self-check: the gate is closed again as soon as somebody opens it',
    rule: {
      apiGroups: [admissionGroup],
      resources: webhookConfigurationResources,
      resourceNames: [installation.name],
      verbs: ['list', 'watch'],
    },
  },
  {
    // Sallyport only reads them. The installer changes them.
    why: 'self-check: the kinds still have their rules',
    rule: {
      apiGroups: ['apiextensions.k8s.io'],
      resources: ['customresourcedefinitions'],
      resourceNames: allKinds.map(({ plural }) => `${plural}.${apiGroup}`),
      verbs: ['get'],
    },
  },
  {
    // Roles hold no secrets, and reading them gives no rights. One list for each look is cheaper than reading each
    // bound role.
    why: 'self-check: the roles that give nodes/proxy, which means root on a node',
    rule: { apiGroups: [rbac], resources: ['clusterroles'], verbs: ['list'] },
  },
  {
    why: 'the owner of what Sallyport makes, so that an uninstall takes it away',
    rule: { apiGroups: [rbac], resources: ['clusterroles'], resourceNames: [installation.name], verbs: read },
  },
  {
    why: 'requests and grants; Sallyport deletes finished requests in time, and grants without a request',
    rule: { apiGroups: [apiGroup], resources: ['accessrequests', 'accessgrants'], verbs: [...read, 'delete'] },
  },
  {
    why: 'the status of a request',
    rule: { apiGroups: [apiGroup], resources: ['accessrequests/status'], verbs: ['patch'] },
  },
  {
    why: 'the index for the gate',
    rule: { apiGroups: [apiGroup], resources: ['accesspasses'], verbs: [...read, 'create', 'patch', 'delete'] },
  },
  {
    why: 'the target of an access; Sallyport makes shell pods, gives them a deadline and removes them',
    rule: { apiGroups: [''], resources: ['pods'], verbs: [...read, 'create', 'patch', 'delete'] },
  },
  {
    why: 'if its template says so, the pod of an access that has ended is evicted',
    rule: { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  },
  {
    why: 'the templates',
    rule: { apiGroups: [apiGroup], resources: ['accesstemplates', 'clusteraccesstemplates'], verbs: read },
  },
  {
    why: 'the status of a template',
    rule: {
      apiGroups: [apiGroup],
      resources: ['accesstemplates/status', 'clusteraccesstemplates/status'],
      verbs: ['patch'],
    },
  },
  { why: 'the namespaces of a template', rule: { apiGroups: [''], resources: ['namespaces'], verbs: read } },
  {
    why: 'the workloads that a template targets',
    rule: { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], verbs: read },
  },
  { why: 'as the rule before', rule: { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: read } },
  {
    why: 'the RBAC of an access',
    rule: { apiGroups: [rbac], resources: ['roles', 'rolebindings'], verbs: [...read, 'create', 'patch', 'delete'] },
  },
  {
    // The binder below says which roles these bindings may give.
    why: 'roles that are given cluster-wide',
    rule: { apiGroups: [rbac], resources: ['clusterrolebindings'], verbs: [...read, 'create', 'patch', 'delete'] },
  },
  {
    // RBAC lets a user give only rights that they hold. The gate denies Sallyport like everyone else.
    why: 'held only to be given, to one user for one pod',
    rule: { apiGroups: [''], resources: ['pods/exec', 'pods/attach', 'pods/portforward'], verbs: ['get', 'create'] },
  },
  {
    why: 'to be given in the same way, and to read the output of tasks',
    rule: { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  },
  {
    // The gate lets in only the very container that was approved.
    why: 'to be given in the same way, and to add the containers of tasks',
    rule: { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] },
  },
  {
    why: 'Kubernetes Events, for kubectl describe',
    rule: { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  },
  {
    why: 'the check if the requestor can use the access yet, and if somebody may decide',
    rule: { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  },
  {
    why: 'the check if Sallyport may bind a role',
    rule: { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'], verbs: ['create'] },
  },
]

/**
 * The rules that the self-check needs beyond reading. They are apart from the rest, so that an administrator can take
 * them away: in an emergency, or for selfCheck.onDifference: Report. RBAC can allow `create` by name only for an apply.
 */
const restoreRules: typeof ownRules = [
  ...heldObjects(['create', 'patch', 'update'], 'self-check: it restores them'),
  {
    // OwnerReferencesPermissionEnforcement lets only a user who may delete an object change its owners. OpenShift has it
    // on. A user who may update these objects can empty them, so this gives no more power.
    why: 'self-check: it restores the owner that takes them away at an uninstall',
    rule: {
      apiGroups: [admissionGroup],
      resources: webhookConfigurationResources,
      resourceNames: [installation.name],
      verbs: ['delete'],
    },
  },
]

/** Returns the rules for the cluster-wide objects of the installation, by name. */
function heldObjects(verbs: readonly string[], why: string): typeof ownRules {
  const apiGroups = [admissionGroup]
  const of = (resources: readonly string[], resourceNames: readonly string[]): (typeof ownRules)[number] => ({
    why,
    rule: { apiGroups, resources, resourceNames, verbs },
  })
  return [
    of(webhookConfigurationResources, [installation.name]),
    of(['validatingadmissionpolicies', 'validatingadmissionpolicybindings'], guardPolicyNames()),
  ]
}

/** The rules that hold only in Sallyport's own namespace. */
const ownNamespaceRules: readonly { readonly why: string; readonly rule: PolicyRule }[] = [
  {
    why:
      'uses of requests for one use, owners of debug containers, pods to evict, undos, and audit events, with a mark ' +
      'once a sink has them',
    rule: { apiGroups: [apiGroup], resources: ['accessrecords'], verbs: [...read, 'create', 'patch', 'delete'] },
  },
  {
    // The admission of a request in this namespace shows that the API server reaches the gate. It is a dry run, so no
    // request is stored. Only then does the leader close the cluster.
    why: 'the proof that the API server reaches the gate',
    rule: { apiGroups: [apiGroup], resources: ['accessrequests'], verbs: ['create'] },
  },
  {
    why: 'the condition of the Deployment that says if the installation is intact',
    rule: {
      apiGroups: ['apps'],
      resources: ['deployments/status'],
      resourceNames: [installation.name],
      verbs: ['patch'],
    },
  },
  {
    why: 'one leader',
    rule: {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      verbs: ['get', 'list', 'watch', 'create', 'update', 'patch'],
    },
  },
]

/**
 * The rules for the CA and the certificate that Sallyport makes itself. RBAC cannot allow `create` by name, because the
 * authorizer does not see the name of a new object.
 */
const certificateRules: typeof ownNamespaceRules = [
  {
    why: 'the CA and the certificate: every replica follows them, and the leader renews them',
    rule: {
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: [installation.caSecret, installation.tlsSecret],
      verbs: [...read, 'update'],
    },
  },
  {
    why: 'the CA and the certificate: the replica that starts first makes them',
    rule: { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
  },
]

/**
 * Returns the namespace, the service account, and the roles from the tables above. `workloads` are those of the config.
 */
export function ownAccount(workloads: readonly ReadableWorkload[] = []): readonly Manifest[] {
  const { namespace, serviceAccount, name } = installation
  const inside = { name, namespace, labels: ownLabels }
  const metadata = { name, labels: ownLabels }
  const selfCheck = { name: `${name}-self-check`, labels: ownLabels }
  const binder = { name: `${name}-binder`, labels: ownLabels }
  return [
    ownNamespace(),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccount, namespace, labels: ownLabels } },
    role('ClusterRole', metadata, [...ownRules, ...workloads.map(readRule)]),
    binding('ClusterRole', metadata),
    role('ClusterRole', selfCheck, restoreRules),
    binding('ClusterRole', selfCheck),
    binderRole(binder),
    binding('ClusterRole', binder),
    role('Role', inside, [...ownNamespaceRules, ...certificateRules]),
    binding('Role', inside),
  ]
}

/**
 * Returns the ClusterRole that holds the rules of the roles that Sallyport may give to others. An administrator chooses
 * them by this label: the cluster itself joins the rules of every ClusterRole that has it. None of ours has it, and
 * none has `escalate`.
 */
function binderRole(metadata: Manifest['metadata']): Manifest {
  const clusterRoleSelectors = [{ matchLabels: { [binderLabel]: 'true' } }]
  return { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata, aggregationRule: { clusterRoleSelectors } }
}

/** A kind of the config that a template may target. */
interface ReadableWorkload {
  readonly apiVersion: string
  readonly plural: string
}

function readRule({ apiVersion, plural }: ReadableWorkload): (typeof ownRules)[number] {
  const apiGroups = [apiGroupOf({ apiVersion })]
  return { why: 'the workloads that a template targets', rule: { apiGroups, resources: [plural], verbs: read } }
}

function role(kind: 'ClusterRole' | 'Role', metadata: Manifest['metadata'], table: typeof ownRules): Manifest {
  return { apiVersion: `${rbac}/v1`, kind, metadata, rules: table.map(({ rule }) => rule) }
}

function binding(kind: 'ClusterRole' | 'Role', metadata: Manifest['metadata']): Manifest {
  const { namespace, serviceAccount } = installation
  return {
    apiVersion: `${rbac}/v1`,
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: rbac, kind, name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
  }
}

/** The labels of a namespace that takes only pods that keep to the strictest of the Pod Security Standards. */
const podSecurity = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
}

/** Returns Sallyport's own namespace. A chart leaves it out: Helm makes the namespace of a release. */
function ownNamespace(): Manifest {
  const labels = { ...ownLabels, ...podSecurity }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: installation.namespace, labels } }
}
