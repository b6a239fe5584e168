import { allKinds } from '../../api/kinds/all-kinds.ts'
import { installation } from '../../api/installation.ts'
import type { ConfigFile } from '../../api/config/config.ts'
import type { Manifest } from '../../api/manifest.ts'
import { customResourceDefinition } from '../../install/crd.ts'
import { guardPolicies } from '../../install/guard-policy.ts'
import { ownAccount } from '../../install/rbac.ts'

const compared = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']

/**
 * Returns the objects of an installation that hold the gate: kinds, policies, and the rights of Sallyport's own account.
 * Nobody has a reason to change them. The cluster itself fills in the rules of the binder.
 */
export function wantedObjects(config: ConfigFile | undefined): readonly Manifest[] {
  const account = ownAccount(config?.workloads).filter(
    ({ kind, metadata }) =>
      compared.includes(kind) && !(kind === 'ClusterRole' && metadata.name === `${installation.name}-binder`),
  )
  return [...allKinds.map(customResourceDefinition), ...guardPolicies(), ...account]
}
