import { controllerOf } from '../../api/owner-reference.ts'
import type { Pod } from '../../api/pod.ts'
import { cut } from '../../api/printable.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { taskPrefix } from '../../decision/kinds/task/task-container.ts'
import { defaultContainer } from '../../decision/pod/default-container.ts'
import { maxSaid } from '../../decision/pod/last-words.ts'
import { requestAnnotation } from '../../api/provided-object.ts'

/**
 * Returns the part of a pod that Sallyport needs. The view holds all pods of the cluster, and a whole one is some 10
 * KB.
 */
export function trimPod(object: KubeObject): Pod & KubeObject {
  // The API server has checked it against the schema of pods. This schema is a part of that.
  const { apiVersion, kind, metadata, spec, status = {} } = object as Pod & KubeObject
  const { nodeName, activeDeadlineSeconds, serviceAccountName, restartPolicy, hostNetwork, hostPID, hostIPC } = spec
  return {
    apiVersion,
    kind,
    metadata: trimMetadata(metadata),
    spec: {
      ...(nodeName !== undefined && { nodeName }),
      ...(activeDeadlineSeconds !== undefined && { activeDeadlineSeconds }),
      ...(serviceAccountName !== undefined && { serviceAccountName }),
      ...(restartPolicy !== undefined && { restartPolicy }),
      ...(hostNetwork && { hostNetwork }),
      ...(hostPID && { hostPID }),
      ...(hostIPC && { hostIPC }),
      containers: trimEach(spec.containers, trimContainer),
      initContainers: trimEach(spec.initContainers, trimContainer),
      ephemeralContainers: trimEach(spec.ephemeralContainers, trimEphemeral),
    },
    status: trimPodStatus(status),
  }
}

function trimPodStatus(status: NonNullable<Pod['status']>): NonNullable<Pod['status']> {
  const { phase, reason, message, startTime } = status
  return {
    ...(phase !== undefined && { phase }),
    ...said({ reason, message }),
    // The deadline of a shell counts from this time.
    ...(startTime !== undefined && { startTime }),
    conditions: (status.conditions ?? []).flatMap(trimCondition),
    containerStatuses: trimEach(status.containerStatuses, trimStatus),
    initContainerStatuses: trimEach(status.initContainerStatuses, trimStatus),
    ephemeralContainerStatuses: trimEach(status.ephemeralContainerStatuses, trimStatus),
  }
}

interface Said {
  readonly reason?: string | undefined
  readonly message?: string | undefined
}

/** Returns the words about a pod or container, cut to what will ever be told. */
function said({ reason, message }: Said): { readonly reason?: string; readonly message?: string } {
  return {
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message: cut(message, maxSaid) }),
  }
}

type DeclaredContainer = Pod['spec']['containers'][number]
type SeenContainer = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]

function trimMetadata(metadata: Pod['metadata']): Pod['metadata'] {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = metadata
  const annotations = chosen(metadata.annotations ?? {}, [defaultContainer, requestAnnotation])
  const owner = controllerOf(metadata)
  return {
    ...{ name, namespace, uid, resourceVersion, generation, creationTimestamp },
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(owner && { ownerReferences: [owner] }),
    // Templates have conditions on labels: without them a pod would look like one that has none.
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

function trimContainer({ name, image, restartPolicy, restartPolicyRules }: DeclaredContainer): DeclaredContainer {
  return {
    name,
    ...(image !== undefined && { image }),
    ...(restartPolicy !== undefined && { restartPolicy }),
    ...(restartPolicyRules && { restartPolicyRules }),
  }
}

/** The container of a task stays whole: it is compared with what was approved. */
function trimEphemeral(container: DeclaredContainer): DeclaredContainer {
  return container.name.startsWith(taskPrefix) ? container : trimContainer(container)
}

type PodCondition = NonNullable<NonNullable<Pod['status']>['conditions']>[number]

/** The status that a condition must have for its words to be told. */
const told: Readonly<Record<string, string>> = { PodScheduled: 'False', DisruptionTarget: 'True' }

function trimCondition({ type, status, ...words }: PodCondition): readonly PodCondition[] {
  if (type === 'Ready') return [{ type, status }]
  return told[type] === status ? [{ type, status, ...said(words) }] : []
}

function trimStatus({ name, imageID, containerID, state = {}, lastState }: SeenContainer): SeenContainer {
  const { running, waiting, terminated } = state
  return {
    name,
    ...(imageID !== undefined && { imageID }),
    ...(containerID !== undefined && { containerID }),
    state: {
      ...(running && { running: {} }),
      ...(waiting && { waiting: said(waiting) }),
      ...(terminated && { terminated: trimEnd(terminated) }),
    },
    // A container that is started again tells why it ended.
    ...(waiting && lastState?.terminated && { lastState: { terminated: trimEnd(lastState.terminated) } }),
  }
}

type Terminated = NonNullable<NonNullable<SeenContainer['state']>['terminated']>

function trimEnd({ exitCode, ...words }: Terminated): Terminated {
  return { exitCode, ...said(words) }
}
