import type { Manifest } from '../../api/manifest.ts'
import { installation, ownLabels } from '../../api/installation.ts'

/** The labels by which the API server lets in only pods that keep to the strictest of the Pod Security Standards. */
const podSecurity = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
}

/** Returns Sallyport's own namespace. A chart leaves it out: Helm makes the namespace of a release. */
export function ownNamespace(): Manifest {
  const labels = { ...ownLabels, ...podSecurity }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: installation.namespace, labels } }
}
