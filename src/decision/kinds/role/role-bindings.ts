import type { Binding, RoleAccess } from '../../../api/kinds/role-access.ts'
import { say } from '../../text/sentence.ts'

/**
 * What a template's roles come to for a request in a namespace, always in the same order.
 * @param namespace where the request is; undefined: it may be in any
 */
export function bindingsFor({ bindings, clusterWide }: RoleAccess, namespace: string | undefined): readonly Binding[] {
  return bindings.flatMap(({ roleRef, namespaces }): readonly Binding[] => {
    const own = namespace === undefined || clusterWide ? undefined : [namespace]
    const where = namespaces ?? own
    return where ? where.map((one) => ({ roleRef, namespace: one })) : [{ roleRef }]
  })
}

/** As people read it: `ClusterRole view in namespace shop`. */
export function bindingText({ roleRef: { kind, name }, namespace }: Binding): string {
  return say`${kind} ${name} in ` + (namespace === undefined ? 'all namespaces' : say`namespace ${namespace}`)
}
