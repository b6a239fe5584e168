import type { Manifest } from '../../api/manifest.ts'
import { installation, ownLabels } from '../../api/installation.ts'

/** The largest value that Kubernetes takes for a class that is not its own. */
const highest = 1_000_000_000

/**
 * Returns the priority of the replicas: without them nobody gets in to mend a full cluster, so other pods make room.
 *
 * It is not `system-cluster-critical`. Clusters may limit that one by a ResourceQuota. GKE and others allow it only in
 * kube-system, and then make no pod of the Deployment.
 */
export function priorityClass(): Manifest {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: installation.name, labels: ownLabels },
    value: highest,
    description: 'The gate in front of every exec. Other pods make room for it.',
  }
}
