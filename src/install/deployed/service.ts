import type { Manifest } from '../../api/manifest.ts'
import { installation, ownLabels } from '../../api/installation.ts'

/**
 * The labels that the Service, the PodDisruptionBudget and the Deployment find the replicas with. They can never change:
 * the selector of a Deployment is immutable. So the version is not among them.
 */
export const replicaLabels = {
  'app.kubernetes.io/name': ownLabels['app.kubernetes.io/name'],
  'app.kubernetes.io/component': 'replica',
} as const

/** The ports of a replica, by the names that the Service, the probes and the NetworkPolicy use. */
export const ports = {
  webhooks: { name: 'webhooks', port: 8443 },
  health: { name: 'health', port: 8080 },
} as const

/** The port at which the API server calls the webhooks. */
export const servicePort = 443

/** Returns the Service: the API server calls its port `webhooks`, and Prometheus may read its port `health`. */
export function service(): Manifest {
  const { service: name, namespace } = installation
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: ownLabels },
    spec: {
      selector: replicaLabels,
      ports: [
        { name: ports.webhooks.name, port: servicePort, targetPort: ports.webhooks.name },
        { name: ports.health.name, port: ports.health.port, targetPort: ports.health.name },
      ],
    },
  }
}
