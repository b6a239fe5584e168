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
const read = ['get', 'list', 'watch']

/** All that Sallyport's service account may do, each with its reason. */
const ownRules: readonly { readonly why: string; readonly rule: PolicyRule }[] = [
  { why: 'readiness: does the API server answer', rule: { nonResourceURLs: ['/version'], verbs: ['get'] } },
  { why: 'self-check: what there is to connect to', rule: { nonResourceURLs: ['/api', '/apis'], verbs: ['get'] } },
  ...heldObjects(['get'], 'self-check: what holds the gate is as the config has it'),
  {
    // For reading alone: the installer changes them.
    why: 'self-check: whether the kinds still have their rules',
    rule: {
      apiGroups: ['apiextensions.k8s.io'],
      resources: ['customresourcedefinitions'],
      resourceNames: allKinds.map(({ plural }) => `${plural}.${apiGroup}`),
      verbs: ['get'],
    },
  },
  {
    // Roles say no secret, and to read them gives nothing. One list a look is cheaper than to read each that is bound.
    why: 'self-check: which roles give nodes/proxy, that is root on a node',
    rule: { apiGroups: [rbac], resources: ['clusterroles'], verbs: ['list'] },
  },
  {
    why: 'what is asked and what is granted; finished requests are removed in time, and grants without a request',
    rule: { apiGroups: [apiGroup], resources: ['accessrequests', 'accessgrants'], verbs: [...read, 'delete'] },
  },
  {
    why: 'what became of a request',
    rule: { apiGroups: [apiGroup], resources: ['accessrequests/status'], verbs: ['patch'] },
  },
  {
    why: 'the index for the gate',
    rule: { apiGroups: [apiGroup], resources: ['accesspasses'], verbs: [...read, 'create', 'patch', 'delete'] },
  },
  {
    why: 'the target of an access; shell pods are made, given a deadline and removed',
    rule: { apiGroups: [''], resources: ['pods'], verbs: [...read, 'create', 'patch', 'delete'] },
  },
  {
    why: 'where a template has it so, the pod of an access that has ended is evicted',
    rule: { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  },
  {
    why: 'what is offered',
    rule: { apiGroups: [apiGroup], resources: ['accesstemplates', 'clusteraccesstemplates'], verbs: read },
  },
  {
    why: 'whether it can be used',
    rule: {
      apiGroups: [apiGroup],
      resources: ['accesstemplates/status', 'clusteraccesstemplates/status'],
      verbs: ['patch'],
    },
  },
  { why: 'where it is offered', rule: { apiGroups: [''], resources: ['namespaces'], verbs: read } },
  {
    why: 'what a template targets',
    rule: { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], verbs: read },
  },
  { why: 'as the rule before', rule: { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: read } },
  {
    why: 'the RBAC of an access',
    rule: { apiGroups: [rbac], resources: ['roles', 'rolebindings'], verbs: [...read, 'create', 'patch', 'delete'] },
  },
  {
    // What may be in them is another matter: see the binder below.
    why: 'roles that are given cluster-wide',
    rule: { apiGroups: [rbac], resources: ['clusterrolebindings'], verbs: [...read, 'create', 'patch', 'delete'] },
  },
  {
    // RBAC lets nobody give what they do not hold. The gate denies Sallyport like everyone else.
    why: 'held only to be given, to one user for one pod',
    rule: { apiGroups: [''], resources: ['pods/exec', 'pods/attach', 'pods/portforward'], verbs: ['get', 'create'] },
  },
  { why: 'as the rule before', rule: { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] } },
  { why: 'as the rule before', rule: { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] } },
  {
    why: 'what happens, for kubectl describe',
    rule: { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  },
  {
    why: 'may the requestor use it yet; may somebody decide',
    rule: { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  },
  {
    why: 'may Sallyport bind a role',
    rule: { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'], verbs: ['create'] },
  },
]

/**
 * What the self-check needs beyond reading; apart from the rest, so that an administrator can take it away in an emergency, or for
 * selfCheck.onDifference: Report. `create` works by name for an apply alone.
 */
const restoreRules: typeof ownRules = heldObjects(['create', 'patch', 'update'], 'self-check: made as it was')

/** The cluster-wide objects of the installation, by name. */
function heldObjects(verbs: readonly string[], why: string): typeof ownRules {
  const apiGroups = ['admissionregistration.k8s.io']
  const of = (resources: readonly string[], resourceNames: readonly string[]): (typeof ownRules)[number] => ({
    why,
    rule: { apiGroups, resources, resourceNames, verbs },
  })
  return [
    of(['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'], [installation.name]),
    of(['validatingadmissionpolicies', 'validatingadmissionpolicybindings'], guardPolicyNames()),
  ]
}

/** What it may do in its own namespace alone. */
const ownNamespaceRules: readonly { readonly why: string; readonly rule: PolicyRule }[] = [
  {
    why: 'uses of requests for one use, owners of debug containers, what is to be evicted; audit events, with a mark once a sink has them',
    rule: { apiGroups: [apiGroup], resources: ['accessrecords'], verbs: [...read, 'create', 'patch', 'delete'] },
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

/** Namespace, service account, and the roles that the tables above make; `workloads` are those of the config. */
export function ownAccount(workloads: readonly ReadableWorkload[] = []): readonly Manifest[] {
  const { namespace, serviceAccount, name } = installation
  const inside = { name, namespace, labels: ownLabels }
  const metadata = { name, labels: ownLabels }
  const selfCheck = { name: `${name}-self-check`, labels: ownLabels }
  const binder = { name: `${name}-binder`, labels: ownLabels }
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: ownLabels } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccount, namespace, labels: ownLabels } },
    role('ClusterRole', metadata, [...ownRules, ...workloads.map(readRule)]),
    binding('ClusterRole', metadata),
    role('ClusterRole', selfCheck, restoreRules),
    binding('ClusterRole', selfCheck),
    binderRole(binder),
    binding('ClusterRole', binder),
    role('Role', inside, ownNamespaceRules),
    binding('Role', inside),
  ]
}

/**
 * The roles that it may give to others, as an administrator lists them: the cluster itself joins here the rules of every ClusterRole
 * with this label. There are none of our own, and `escalate` is in none.
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
  return { why: 'what a template targets', rule: { apiGroups, resources: [plural], verbs: read } }
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
