import type { Pod } from '../api/pod.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { defaultContainer } from '../decision/container.ts'
import { controllerOf } from '../decision/owner-chain.ts'
import { requestAnnotation, requestUidLabel } from '../provision/exec-objects.ts'

/** What Sallyport needs of a pod: the view holds all pods of the cluster, and a whole one is some 10 KB. */
export function trimPod(object: KubeObject): Pod & KubeObject {
  // The API server has held it against the schema of pods, of which this is a part.
  const { apiVersion, kind, metadata, spec, status = {} } = object as Pod & KubeObject
  const { nodeName, activeDeadlineSeconds, serviceAccountName } = spec
  return {
    apiVersion,
    kind,
    metadata: trimMetadata(metadata),
    spec: {
      ...(nodeName !== undefined && { nodeName }),
      ...(activeDeadlineSeconds !== undefined && { activeDeadlineSeconds }),
      ...(serviceAccountName !== undefined && { serviceAccountName }),
      containers: trimEach(spec.containers, trimContainer),
      initContainers: trimEach(spec.initContainers, trimContainer),
      ephemeralContainers: trimEach(spec.ephemeralContainers, trimContainer),
    },
    status: isOurs(metadata) ? status : trimPodStatus(status),
  }
}

function isOurs({ labels }: Pod['metadata']): boolean {
  return labels?.[requestUidLabel] !== undefined
}

function trimPodStatus(status: NonNullable<Pod['status']>): NonNullable<Pod['status']> {
  return {
    conditions: (status.conditions ?? []).filter(({ type }) => type === 'Ready').map(trimCondition),
    containerStatuses: trimEach(status.containerStatuses, trimStatus),
    initContainerStatuses: trimEach(status.initContainerStatuses, trimStatus),
    ephemeralContainerStatuses: trimEach(status.ephemeralContainerStatuses, trimStatus),
  }
}

type Container = Pod['spec']['containers'][number]
type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]

function trimMetadata(metadata: Pod['metadata']): Pod['metadata'] {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = metadata
  const annotations = chosen(metadata.annotations ?? {}, [defaultContainer, requestAnnotation])
  const owner = controllerOf(metadata)
  return {
    ...{ name, namespace, uid, resourceVersion, generation, creationTimestamp },
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(owner && { ownerReferences: [owner] }),
    // Templates have conditions on them: without them a pod would look like one that has none.
    ...(metadata.labels && { labels: metadata.labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  }
}

function chosen(map: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => keys.includes(key)))
}

function trimEach<T>(list: readonly T[] | undefined, trim: (one: T) => T): T[] {
  return (list ?? []).map(trim)
}

function trimContainer({ name, image }: Container): Container {
  return { name, ...(image !== undefined && { image }) }
}

type Condition = NonNullable<NonNullable<Pod['status']>['conditions']>[number]

function trimCondition({ type, status }: Condition): Condition {
  return { type, status }
}

function trimStatus({ name, imageID, state }: ContainerStatus): ContainerStatus {
  return { name, ...(imageID !== undefined && { imageID }), state: state?.running ? { running: {} } : {} }
}
