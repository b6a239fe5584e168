import type { Binding, RoleAccess } from '../../../api/kinds/access/role-access.ts'
import { say } from '../../text/sentence.ts'

/**
 * Returns the bindings that a template gives to a request in a namespace, always in the same order.
 * @param namespace The namespace of the request. Undefined if the request may be in any namespace.
 */
export function bindingsFor({ bindings, clusterWide }: RoleAccess, namespace: string | undefined): readonly Binding[] {
  return bindings.flatMap(({ roleRef, namespaces }): readonly Binding[] => {
    const own = namespace === undefined || clusterWide ? undefined : [namespace]
    const where = namespaces ?? own
    return where ? where.map((one) => ({ roleRef, namespace: one })) : [{ roleRef }]
  })
}

/** The binding in words: `ClusterRole view in namespace shop`. */
export function bindingText({ roleRef: { kind, name }, namespace }: Binding): string {
  return say`${kind} ${name} in ` + (namespace === undefined ? 'all namespaces' : say`namespace ${namespace}`)
}

/** Says in a few words which roles are bound, and where: `view +2 in shop`. */
export function rolesBriefly(bindings: readonly Binding[]): string {
  const roles = briefly(bindings.map(({ roleRef }) => roleRef.name))
  const places = bindings.map(({ namespace }) => namespace)
  return `${roles} in ${places.includes(undefined) ? 'ALL NAMESPACES' : briefly(places.map((place) => place ?? ''))}`
}

/** The roles that a template offers, in a few words: `view +2`. */
export function rolesOffered({ bindings, clusterWide = false }: RoleAccess): string {
  return briefly(bindings.map(({ roleRef }) => roleRef.name)) + (clusterWide ? ' in ALL NAMESPACES' : '')
}

/** The first of several names, and how many more there are. */
function briefly(names: readonly string[]): string {
  const [first = '', ...others] = new Set(names)
  return say`${first}` + (others.length === 0 ? '' : ` +${others.length}`)
}
