import type { KubeObject } from '../client/resource.ts'

interface ContainerStatus {
  readonly state?: { readonly terminated?: object }
}

/** core/v1 Pod, as far as it tells whether something of it runs. */
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
 * Whether nothing of a Pod runs any more, by what its kubelet says: that withholds the last phase while a container may still run,
 * and a Pod that others call failed (its node is gone) still has the containers last seen.
 */
export function isStopped(object: KubeObject): boolean {
  if (object.kind !== 'Pod') return false
  // The API server has held it against the schema of pods.
  const { spec, status = {} } = object as PodStatus
  const { phase, containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status
  if (phase !== 'Succeeded' && phase !== 'Failed') return false
  const all = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses]
  return (
    containerStatuses.length === spec.containers.length && all.every(({ state }) => state?.terminated !== undefined)
  )
}
