import type { Manifest } from '../../api/manifest.ts'
import { installation, ownLabels } from '../../api/installation.ts'
import { replicaLabels } from './service.ts'

/** Returns the PodDisruptionBudget: a drain of nodes leaves at least this number of replicas. */
export function disruptionBudget(minAvailable = 1): Manifest {
  const { name, namespace } = installation
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace, labels: ownLabels },
    spec: {
      minAvailable,
      selector: { matchLabels: replicaLabels },
      // A replica that is not ready serves nobody. By default it would hold up the drain of its node for ever.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  }
}
