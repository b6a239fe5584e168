import { deployment } from '../deployed/deployment.ts'
import { disruptionBudget } from '../deployed/disruption-budget.ts'
import { replicaLabels } from '../deployed/service.ts'
import { patchOf, type Component } from './component.ts'

const deployed = deployment({ version: '' })
const budget = disruptionBudget(2)

/** The component for production: a zone or a node may fail while another replica is replaced. */
export const ha: Component = {
  name: 'ha',
  about: 'Three replicas, spread over zones and nodes. A drain of nodes leaves two.',
  objects: [],
  patches: [
    patchOf(deployed, {
      spec: {
        replicas: 3,
        template: {
          spec: { topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(spread) },
        },
      },
    }),
    patchOf(budget, { spec: { minAvailable: 2 } }),
  ],
}

/**
 * Returns the constraint that spreads the replicas over domains of this label. It never keeps a replica from running:
 * not on a small cluster, and not while a zone is away.
 */
function spread(topologyKey: string): object {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: replicaLabels },
    // Only replicas of one version count. Otherwise those that a rolling update is about to end would count, too.
    matchLabelKeys: ['pod-template-hash'],
  }
}
