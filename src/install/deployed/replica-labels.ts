import { ownLabels } from '../../api/installation.ts'

/**
 * The labels by which the Service, the PodDisruptionBudget and the Deployment find the replicas. They can never change:
 * the selector of a Deployment is immutable. So the version is not among them.
 */
export const replicaLabels = {
  'app.kubernetes.io/name': ownLabels['app.kubernetes.io/name'],
  'app.kubernetes.io/component': 'replica',
} as const
