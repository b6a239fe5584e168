import { defaultContainer } from '../decision/container.ts'
import type { Pod } from '../api/pod.ts'
import type { KubeObject } from '../cluster/resource.ts'

/** What Sallyport needs of a pod: the view holds all pods of the cluster, and a whole one is some 10 KB. */
export function trimPod(object: KubeObject): Pod & KubeObject {
  // The API server has held it against the schema of pods, of which this is a part.
  const { apiVersion, kind, metadata, spec, status } = object as Pod & KubeObject
  return {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      generation: metadata.generation,
      creationTimestamp: metadata.creationTimestamp,
      ...(metadata.deletionTimestamp !== undefined && { deletionTimestamp: metadata.deletionTimestamp }),
      ...(metadata.annotations?.[defaultContainer] !== undefined && {
        annotations: { [defaultContainer]: metadata.annotations[defaultContainer] },
      }),
    },
    spec: {
      ...(spec.nodeName !== undefined && { nodeName: spec.nodeName }),
      containers: spec.containers.map(nameAndImage),
      initContainers: (spec.initContainers ?? []).map(nameAndImage),
      ephemeralContainers: (spec.ephemeralContainers ?? []).map(nameAndImage),
    },
    status: {
      containerStatuses: (status?.containerStatuses ?? []).map(running),
      initContainerStatuses: (status?.initContainerStatuses ?? []).map(running),
      ephemeralContainerStatuses: (status?.ephemeralContainerStatuses ?? []).map(running),
    },
  }
}

type Container = Pod['spec']['containers'][number]
type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]

function nameAndImage({ name, image }: Container): Container {
  return { name, ...(image !== undefined && { image }) }
}

function running({ name, imageID, state }: ContainerStatus): ContainerStatus {
  return { name, ...(imageID !== undefined && { imageID }), state: state?.running ? { running: {} } : {} }
}
