import type { Manifest } from '../../api/manifest.ts'
import { installation, ownLabels } from '../../api/installation.ts'
import { versionLabel } from '../../api/version.ts'
import { configFile } from './config-map.ts'
import { container } from './container.ts'
import { replicaLabels } from './service.ts'

export interface DeploymentOptions {
  /** The version of Sallyport. */
  readonly version: string
  /** The reference of the image. Left out: `sallyport:VERSION`, for a kustomization to replace. */
  readonly image?: string
  readonly replicas?: number
}

/** Returns the Deployment of the replicas. */
export function deployment({ version, image = `sallyport:${version}`, replicas = 2 }: DeploymentOptions): Manifest {
  const { name, namespace } = installation
  const labels = { ...ownLabels, ...replicaLabels, [versionLabel]: version }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: replicaLabels },
      // A new replica serves before an old one goes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels, annotations: { 'kubectl.kubernetes.io/default-container': 'sallyport' } },
        spec: podSpec(image),
      },
    },
  }
}

/**
 * The time in seconds from SIGTERM to SIGKILL. A replica drains for 10 s (drainDelay), and then needs
 * `lastAnswersSeconds`. A longer drainDelay needs a longer time here: the config is checked against it.
 */
const graceSeconds = 30

function podSpec(image: string): object {
  return {
    serviceAccountName: installation.serviceAccount,
    automountServiceAccountToken: true,
    // The variables of the namespace's Services are of no use, and many of them slow down the start.
    enableServiceLinks: false,
    priorityClassName: installation.name,
    terminationGracePeriodSeconds: graceSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart] } },
    tolerations,
    containers: [container(image, graceSeconds)],
    volumes: [{ name: 'config', configMap: { name: configFile.configMap } }],
  }
}

// It is only preferred: on a cluster with one node, both replicas run there.
const apart = {
  weight: 100,
  podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: replicaLabels } },
}

/**
 * The tolerations that have a replica on a dead node replaced after 30 s. Kubernetes' default is 5 minutes.
 *
 * Nodes of the control plane are not tolerated: an administrator who wants the gate there adds that.
 */
const tolerations = ['not-ready', 'unreachable'].map((trouble) => ({
  key: `node.kubernetes.io/${trouble}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 30,
}))
