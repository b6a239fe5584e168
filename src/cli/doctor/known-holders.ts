import { installation } from '../../api/installation.ts'
import { requestUidLabel } from '../../api/provided-object.ts'
import { subjectName, type Holding, type RbacBinding } from './rights.ts'

/** A holder of rights that every cluster has, or that Sallyport itself made. It is not a finding. */
interface KnownHolder {
  readonly is: string
  readonly isOne: (holding: Holding) => boolean
}

const bootstrapped = ({ metadata: { labels, name } }: RbacBinding): boolean =>
  labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults' && /^system:|^cluster-admin$/.test(name)

const named = (...names: readonly string[]) => {
  return ({ subject }: Holding): boolean => names.includes(subjectName(subject))
}

const { name, namespace, serviceAccount } = installation
const ownBindings = [name, `${name}-self-check`, `${name}-binder`]

/** The table of known holders. docs/doctor.md is made from it. */
export const knownHolders: readonly KnownHolder[] = [
  {
    is: 'the group `system:masters`. It is above RBAC, and the gate stops its members. Watch who has a certificate of it',
    isOne: named('Group system:masters'),
  },
  {
    is: 'the administrators of a cluster that kubeadm made: the group `kubeadm:cluster-admins`, by its own binding',
    isOne: ({ subject, binding }) =>
      subjectName(subject) === 'Group kubeadm:cluster-admins' && binding.metadata.name === 'kubeadm:cluster-admins',
  },
  {
    is: 'the API server, which calls kubelets as `kube-apiserver-kubelet-client`',
    isOne: named('User kube-apiserver-kubelet-client'),
  },
  {
    is: 'nodes and the control plane (`system:nodes`, `system:kube-…`), by the bindings that the API server makes',
    isOne: ({ subject, binding }) =>
      bootstrapped(binding) &&
      (subjectName(subject) === 'Group system:nodes' || /^User system:kube-/.test(subjectName(subject))),
  },
  {
    is: 'the built-in controllers: service accounts in `kube-system`, by the bindings that the API server makes',
    isOne: ({ subject, binding }) =>
      bootstrapped(binding) && subject.kind === 'ServiceAccount' && subject.namespace === 'kube-system',
  },
  {
    is: 'Sallyport itself, by its own bindings',
    isOne: ({ subject, binding }) =>
      subjectName(subject) === `ServiceAccount ${namespace}/${serviceAccount}` &&
      ownBindings.includes(binding.metadata.name),
  },
]

/**
 * Returns the holdings that are to be judged.
 * @param requests the uids of the unfinished requests: Sallyport gives rights for their time
 */
export function unknownHoldings(all: readonly Holding[], requests: ReadonlySet<string>): readonly Holding[] {
  const isAccess = ({ binding }: Holding): boolean => requests.has(binding.metadata.labels?.[requestUidLabel] ?? '')
  return all.filter((holding) => !isAccess(holding) && !knownHolders.some(({ isOne }) => isOne(holding)))
}
