import type { Pod } from '../api/pod.ts'

/** One container of a pod, of whatever sort: the kubelet finds all of them by name. */
export interface PodContainer {
  readonly name: string
  readonly image: string
  /** Undefined until the node has resolved the image. */
  readonly imageID: string | undefined
  readonly running: boolean
}

// kubectl reads it, the API server does not.
export const defaultContainer = 'kubectl.kubernetes.io/default-container'

export function findContainer({ spec, status = {} }: Pod, name: string): PodContainer | undefined {
  const declared = all(spec.containers, spec.initContainers, spec.ephemeralContainers).find((one) => one.name === name)
  if (!declared) return undefined
  const states = all(status.containerStatuses, status.initContainerStatuses, status.ephemeralContainerStatuses)
  const state = states.find((one) => one.name === name)
  return {
    name,
    image: declared.image ?? '',
    // Empty while the image is being pulled.
    imageID: state?.imageID === '' ? undefined : state?.imageID,
    running: state?.state?.running !== undefined,
  }
}

function all<T>(...lists: readonly (readonly T[] | undefined)[]): readonly T[] {
  return lists.flatMap((list) => list ?? [])
}

/** The container that the API server takes for an empty name: the only one, and of several none. */
export function containerTheServerTakes({ spec: { containers } }: Pod): string | undefined {
  return containers.length === 1 ? containers[0]?.name : undefined
}

/** The container that kubectl takes when none is named and the pod says which; else as the API server does. */
export function containerByDefault(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[defaultContainer] ?? containerTheServerTakes(pod)
}

export function containerNames({ spec }: Pod): string {
  return spec.containers.map(({ name }) => name).join(', ')
}
