import type { Pod } from '../api/pod.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { defaultContainer } from '../decision/container.ts'

/** What Sallyport needs of a pod: the view holds all pods of the cluster, and a whole one is some 10 KB. */
export function trimPod(object: KubeObject): Pod & KubeObject {
  // The API server has held it against the schema of pods, of which this is a part.
  const { apiVersion, kind, metadata, spec, status = {} } = object as Pod & KubeObject
  return {
    apiVersion,
    kind,
    metadata: trimMetadata(metadata),
    spec: {
      ...(spec.nodeName !== undefined && { nodeName: spec.nodeName }),
      ...(spec.serviceAccountName !== undefined && { serviceAccountName: spec.serviceAccountName }),
      containers: trimEach(spec.containers, trimContainer),
      initContainers: trimEach(spec.initContainers, trimContainer),
      ephemeralContainers: trimEach(spec.ephemeralContainers, trimContainer),
    },
    status: {
      containerStatuses: trimEach(status.containerStatuses, trimStatus),
      initContainerStatuses: trimEach(status.initContainerStatuses, trimStatus),
      ephemeralContainerStatuses: trimEach(status.ephemeralContainerStatuses, trimStatus),
    },
  }
}

type Container = Pod['spec']['containers'][number]
type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]

function trimMetadata(metadata: Pod['metadata']): Pod['metadata'] {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = metadata
  const chosen = metadata.annotations?.[defaultContainer]
  return {
    ...{ name, namespace, uid, resourceVersion, generation, creationTimestamp },
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    // Templates have conditions on them: without them a pod would look like one that has none.
    ...(metadata.labels && { labels: metadata.labels }),
    ...(chosen !== undefined && { annotations: { [defaultContainer]: chosen } }),
  }
}

function trimEach<T>(list: readonly T[] | undefined, trim: (one: T) => T): T[] {
  return (list ?? []).map(trim)
}

function trimContainer({ name, image }: Container): Container {
  return { name, ...(image !== undefined && { image }) }
}

function trimStatus({ name, imageID, state }: ContainerStatus): ContainerStatus {
  return { name, ...(imageID !== undefined && { imageID }), state: state?.running ? { running: {} } : {} }
}
