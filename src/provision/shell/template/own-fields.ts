import type { Container, PodSpec } from '../../../api/pod-template.ts'
import { fieldsOf } from '../../../api/fields.ts'
import { without } from './fields.ts'

// Only Sallyport sets these fields on a shell pod. The comments say what would go wrong otherwise.
const ownPodFields = [
  // These say how the pod ends.
  'restartPolicy',
  'terminationGracePeriodSeconds',
  'activeDeadlineSeconds',
  // It would go past the scheduler, its quotas and taints.
  'nodeName',
  // The API server refuses it at creation.
  'ephemeralContainers',
  // This is the old name of serviceAccountName. If that is missing, the API server takes it from here.
  'serviceAccount',
  // Controllers of the workload open these: the pod would wait for ever.
  'schedulingGates',
  // They name the workload's scheduling group. Before Kubernetes 1.36 its field is workloadRef.
  'schedulingGroup',
  'workloadRef',
  // They are asked before the workload's pod is evicted.
  'evictionResponders',
  // Admission computes these, and refuses other values.
  'priority',
  'preemptionPolicy',
  'overhead',
  // These are for the whole pod, and sized for the workload. The shell's container has its own.
  'resources',
] as const

// A container's own rules would restart it under restartPolicy Never. With that, the API server refuses resizePolicy.
export const ownContainerFields = ['restartPolicy', 'restartPolicyRules', 'resizePolicy'] as const

/** Returns the spec without the fields that only Sallyport sets. */
export function withoutOwnFields(spec: PodSpec): PodSpec {
  const { initContainers, ...rest } = without(spec, ownPodFields)
  return {
    ...rest,
    containers: rest.containers.map(bareContainer),
    ...(initContainers && { initContainers: initContainers.map(initContainer) }),
  }
}

function bareContainer(container: Container): Container {
  const bare = without(container, ownContainerFields)
  const lifecycle = fieldsOf(bare['lifecycle'])
  // A `sleep` that is kept must be shorter than the grace period, or the API server refuses the pod.
  return 'sleep' in fieldsOf(lifecycle['preStop']) ? { ...bare, lifecycle: without(lifecycle, ['preStop']) } : bare
}

/**
 * Keeps `restartPolicy: Always` of an init container. It makes the container a sidecar: the pod ends without waiting
 * for it.
 */
function initContainer(container: Container): Container {
  const bare = bareContainer(container)
  return container['restartPolicy'] === 'Always' ? { ...bare, restartPolicy: 'Always' } : bare
}

/**
 * Returns the spec with the fields that end the pod: by itself, at its deadline, even while Sallyport is down, and
 * within a second.
 */
export function withOwnFields(spec: PodSpec, secondsLeft: number): PodSpec {
  return {
    ...withoutOwnFields(spec),
    restartPolicy: 'Never',
    // Not 0: with 0 the API server forgets the pod while its processes still run.
    terminationGracePeriodSeconds: 1,
    activeDeadlineSeconds: deadline(secondsLeft),
  }
}

const maxInt32 = 2_147_483_647

/**
 * Returns a deadline that is never before the end of the access. The kubelet counts from the whole second in which the
 * pod starts, which may be a second ago. A value that is not a number becomes 1: in JSON it would be null, and the pod
 * would never end.
 */
function deadline(secondsLeft: number): number {
  return Math.min(Math.max(1, Math.ceil(secondsLeft + 1) || 1), maxInt32)
}

/** True if a path in `{metadata, spec}` leads to a field that only Sallyport sets. */
export function isOwnField([top, field]: readonly string[]): boolean {
  if (field === undefined) return false
  if (top === 'metadata') return field !== 'labels' && field !== 'annotations'
  return top !== 'spec' || (ownPodFields as readonly string[]).includes(field)
}
