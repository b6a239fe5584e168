import type { KubeObject } from '../client/resource.ts'

interface ContainerStatus {
  readonly state?: { readonly terminated?: object }
}

/** A core/v1 Pod, as far as it tells whether any of its containers runs. */
interface PodStatus extends KubeObject {
  readonly spec: { readonly containers: readonly object[] }
  readonly status?: {
    readonly phase?: string
    readonly containerStatuses?: readonly ContainerStatus[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[]
  }
}

/**
 * True if nothing of a Pod runs any more, as its kubelet says. The kubelet withholds the last phase while a container
 * may still run. A Pod that others call failed (its node is gone) still has the container statuses last seen.
 */
export function isStopped(object: KubeObject): boolean {
  if (object.kind !== 'Pod') return false
  // The API server has checked it against the schema of pods.
  const { spec, status = {} } = object as PodStatus
  const { phase, containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status
  if (phase !== 'Succeeded' && phase !== 'Failed') return false
  const all = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses]
  return (
    containerStatuses.length === spec.containers.length && all.every(({ state }) => state?.terminated !== undefined)
  )
}
