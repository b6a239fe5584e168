import type { DockerState } from './docker.ts'

/** The facts that decide who makes a cluster. */
export interface Circumstances {
  /** The kubeconfig of SALLYPORT_KUBECONFIG. */
  readonly given: string | undefined
  readonly wantsNode: boolean
  readonly kind: boolean
  readonly docker: DockerState
  readonly kubectl: boolean
  readonly platform: NodeJS.Platform
}

/** The maker of the cluster, and the reason in words for the user. */
export interface Choice {
  readonly provider: 'given' | 'kind' | 'local'
  readonly because: string
}

/** Takes the given cluster, else kind if it can make one, else processes of this machine. */
export function chooseProvider(circumstances: Circumstances): Choice {
  const { given, docker } = circumstances
  if (given !== undefined) return { provider: 'given', because: `the cluster of SALLYPORT_KUBECONFIG: ${given}` }
  const obstacle = kindObstacle(circumstances)
  if (obstacle !== undefined)
    return { provider: 'local', because: `a cluster of local processes, not kind's: ${obstacle}` }
  return { provider: 'kind', because: `a cluster by kind: Docker ${docker.answers ? docker.version : ''} answers` }
}

function kindObstacle({ wantsNode, kind, docker, kubectl, platform }: Circumstances): string | undefined {
  if (!wantsNode) return 'kind makes no control plane without a node'
  if (!kind)
    return docker.answers ? 'kind is not on PATH (Docker answers)' : `kind is not on PATH, and ${docker.reason}`
  if (!docker.answers) return docker.reason
  // A node's own kubectl is for Linux.
  if (!kubectl && platform !== 'linux') return 'kubectl is not on PATH'
  return undefined
}
