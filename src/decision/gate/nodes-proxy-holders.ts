/** rbac.authorization.k8s.io/v1 ClusterRole, as far as it says what it gives. */
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

/** Who holds nodes/proxy, each once, such as `Group monitoring` or `ServiceAccount monitoring/prometheus`. */
export interface Holders {
  readonly others: readonly string[]
  /** Those that Kubernetes itself made so: administrators by certificate, nodes, controllers. */
  readonly ofTheCluster: readonly string[]
}

// As RBAC reads a rule: no other pattern means anything (ResourceMatches in pkg/apis/rbac/v1/evaluation_helpers.go).
const meaningNodesProxy = ['nodes/proxy', '*/proxy', '*']

/**
 * Who may call the kubelet's own port: nodes/proxy is root on a node, by whatever verb, and no admission sees it. Only a
 * ClusterRoleBinding gives it, since a node is in no namespace. Roles and bindings are as the API server has them.
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

// The API server's client certificate for kubelets, and who is above RBAC in any case.
const always = ['User kube-apiserver-kubelet-client', 'Group system:masters']

/**
 * Whether Kubernetes itself bound it. An administrator may add subjects to a binding of the API server's own; those are
 * others, also where they are a group of everybody.
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
