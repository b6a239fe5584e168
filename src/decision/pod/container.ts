import type { Pod } from '../../api/pod.ts'

type Declared = Pod['spec']['containers'][number]
type SeenStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]

/** One container of a pod, as it is declared and as the node last reported it. */
export interface PodContainer {
  readonly sort: ContainerSort
  readonly name: string
  readonly image: string
  /** Undefined until the node has resolved the image. */
  readonly imageID: string | undefined
  /** Undefined until the container exists. Each restart changes it. */
  readonly containerID: string | undefined
  readonly running: boolean
  readonly declared: Declared
  readonly seen: SeenStatus | undefined
}

/** A pod has three lists of containers. exec, attach and logs find a container in any of them by its name. */
type ContainerSort = 'container' | 'init container' | 'ephemeral container'

/**
 * All containers of a pod: the init containers in the order in which they run, then its own, then the debug
 * containers.
 */
export function allContainers({ spec, status = {} }: Pod): readonly PodContainer[] {
  return [
    ...listed('init container', spec.initContainers, status.initContainerStatuses),
    ...listed('container', spec.containers, status.containerStatuses),
    ...listed('ephemeral container', spec.ephemeralContainers, status.ephemeralContainerStatuses),
  ]
}

export function findContainer(pod: Pod, name: string): PodContainer | undefined {
  return allContainers(pod).find((one) => one.name === name)
}

function listed(
  sort: ContainerSort,
  declared: readonly Declared[] = [],
  statuses: readonly SeenStatus[] = [],
): readonly PodContainer[] {
  return declared.map((one) => {
    const seen = statuses.find(({ name }) => name === one.name)
    return {
      sort,
      name: one.name,
      image: one.image ?? '',
      // Empty while the image is being pulled.
      imageID: seen?.imageID || undefined,
      containerID: seen?.containerID || undefined,
      running: seen?.state?.running !== undefined,
      declared: one,
      seen,
    }
  })
}
