import type { Reader } from '../read/reader.ts'

/** A grant of kudo: a role, and the namespaces in which it may be bound. */
export interface Grant {
  readonly reader: Reader
  readonly roleRef: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string }
  /** The namespace for requests that name none. */
  readonly byDefault: string | undefined
  /** The namespaces that a request may name. */
  readonly allowed: readonly string[]
}

const known = 'KubernetesRoleBinding'

/** Reads the grants of a policy. A kind that kudo does not know is an objection to the policy: kudo refuses it, too. */
export function plainGrants(target: Reader): readonly Grant[] {
  return target.objects('grants').map((reader) => {
    if (reader.need('kind') !== known) {
      reader.refuse(
        'kind',
        `kudo has only ${known}`,
        'Take this grant out of the policy, and offer what it meant in another way',
      )
    }
    const roleRef = reader.object('roleRef')
    const [kind, name, group] = [roleRef.need('kind'), roleRef.need('name'), roleRef.text('apiGroup')]
    if (kind !== 'Role' && kind !== 'ClusterRole') roleRef.refuse('kind', 'it must be Role or ClusterRole')
    if (group !== undefined && group !== 'rbac.authorization.k8s.io') {
      roleRef.tell('apiGroup', { effect: 'Ignored', why: 'kudo takes rbac.authorization.k8s.io whatever it says' })
    }
    return {
      reader,
      roleRef: { kind: kind === 'Role' ? 'Role' : 'ClusterRole', name },
      byDefault: reader.text('defaultNamespace') || undefined,
      allowed: reader.texts('allowedNamespaces') ?? [],
    }
  })
}
