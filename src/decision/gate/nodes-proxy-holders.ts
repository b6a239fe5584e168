/** The fields of an rbac.authorization.k8s.io/v1 ClusterRole that say what it gives. */
interface ClusterRole {
  readonly metadata: { readonly name: string }
  readonly rules?: readonly RbacRule[] | null
}

interface RbacRule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly verbs?: readonly string[]
}

interface ClusterRoleBinding {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> }
  readonly roleRef?: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly RbacSubject[] | null
}

interface RbacSubject {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** The holders of nodes/proxy, each once, such as `Group monitoring` or `ServiceAccount monitoring/prometheus`. */
export interface Holders {
  readonly others: readonly string[]
  /** The holders that have it from Kubernetes itself: administrators by certificate, nodes, controllers. */
  readonly ofTheCluster: readonly string[]
}

// RBAC reads only these patterns as nodes/proxy (ResourceMatches in pkg/apis/rbac/v1/evaluation_helpers.go).
const meaningNodesProxy = ['nodes/proxy', '*/proxy', '*']

/**
 * Returns those who may call the kubelet's own port. There nodes/proxy is root on a node, with any verb, and no
 * admission sees it. Only a ClusterRoleBinding gives it, since a node is not in a namespace.
 * @param roles The ClusterRoles, as the API server has them.
 * @param bindings The ClusterRoleBindings, as the API server has them.
 */
export function nodesProxyHolders(roles: readonly object[], bindings: readonly object[]): Holders {
  const giving = new Set((roles as readonly ClusterRole[]).filter(givesNodesProxy).map(({ metadata }) => metadata.name))
  const held = (bindings as readonly ClusterRoleBinding[])
    .filter(({ roleRef }) => roleRef?.kind === 'ClusterRole' && giving.has(roleRef.name))
    .flatMap((binding) =>
      (binding.subjects ?? []).map((subject) => ({ name: nameOf(subject), isOwn: isOfTheCluster(subject, binding) })),
    )
  const namesOf = (isOwn: boolean): readonly string[] =>
    [...new Set(held.filter((one) => one.isOwn === isOwn).map(({ name }) => name))].toSorted()
  const others = namesOf(false)
  return { others, ofTheCluster: namesOf(true).filter((name) => !others.includes(name)) }
}

function givesNodesProxy({ rules }: ClusterRole): boolean {
  return (rules ?? []).some(
    ({ apiGroups = [], resources = [], verbs = [] }) =>
      verbs.length > 0 &&
      apiGroups.some((group) => group === '' || group === '*') &&
      resources.some((resource) => meaningNodesProxy.includes(resource)),
  )
}

// The API server's client certificate for kubelets, and the group that is above RBAC in any case.
const always = ['User kube-apiserver-kubelet-client', 'Group system:masters']

/**
 * True if Kubernetes itself bound the subject. An administrator may add subjects to one of the API server's own
 * bindings. Those count as others, even if the subject is a group that holds everybody.
 */
function isOfTheCluster(subject: RbacSubject, { metadata }: ClusterRoleBinding): boolean {
  if (always.includes(nameOf(subject))) return true
  if (metadata.labels?.['kubernetes.io/bootstrapping'] !== 'rbac-defaults') return false
  switch (subject.kind) {
    case 'ServiceAccount':
      return subject.namespace === 'kube-system'
    case 'Group':
      return subject.name === 'system:nodes'
    default:
      return subject.name.startsWith('system:kube-')
  }
}

function nameOf({ kind, namespace, name }: RbacSubject): string {
  return kind === 'ServiceAccount' ? `${kind} ${namespace ?? ''}/${name}` : `${kind} ${name}`
}
