import { allKinds } from '../api/kinds/all-kinds.ts'
import { installation } from '../api/installation.ts'
import type { Manifest } from '../api/manifest.ts'
import { customResourceDefinition } from './crd.ts'
import { configMap } from './deployed/config-map.ts'
import { deployment } from './deployed/deployment.ts'
import { disruptionBudget } from './deployed/disruption-budget.ts'
import { priorityClass } from './deployed/priority-class.ts'
import { service } from './deployed/service.ts'
import { guardPolicies } from './guard-policy.ts'
import { ownAccount } from './rbac.ts'
import { userRoles } from './user-roles.ts'

/**
 * Returns all objects of an installation, in an order in which one `kubectl apply` works on a fresh cluster.
 *
 * `kubectl delete` takes the same order. So the owner of the webhook configurations comes first: its deletion opens the
 * cluster while the replicas still answer. The configurations themselves are not here: the leader makes them once it
 * serves. If they came with the rest, no exec would pass until a replica runs.
 */
export function installationObjects(version: string): readonly Manifest[] {
  const account = ownAccount()
  const owner = account.filter(isOwner)
  return [
    ...owner,
    ...account.filter((object) => !isOwner(object)),
    ...userRoles(),
    ...allKinds.map(customResourceDefinition),
    ...guardPolicies(),
    priorityClass(),
    configMap(),
    service(),
    disruptionBudget(),
    deployment({ version }),
  ]
}

/** True for the ClusterRole that owns the webhook configurations. */
function isOwner({ kind, metadata }: Manifest): boolean {
  return kind === 'ClusterRole' && metadata.name === installation.name
}
