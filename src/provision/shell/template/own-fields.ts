import type { Container, PodSpec } from '../../../api/pod-template.ts'
import { fieldsOf } from '../../../api/fields.ts'
import { without } from './fields.ts'

// Fields that nobody but Sallyport sets on a shell pod, and what would go wrong else.
const ownPodFields = [
  // How the pod ends.
  'restartPolicy',
  'terminationGracePeriodSeconds',
  'activeDeadlineSeconds',
  // Past the scheduler, its quotas and taints.
  'nodeName',
  // Refused by the API server at creation.
  'ephemeralContainers',
  // The old name of serviceAccountName: one that is not there is taken from it.
  'serviceAccount',
  // Opened by controllers of the workload: the pod would wait for ever.
  'schedulingGates',
  // Of the workload's scheduling group; workloadRef is its name before Kubernetes 1.36.
  'schedulingGroup',
  'workloadRef',
  // Who is asked before the workload's pod is evicted.
  'evictionResponders',
  // Computed by admission; refused where they are not what it computes.
  'priority',
  'preemptionPolicy',
  'overhead',
  // Of the whole pod, sized for the workload; the shell's container has its own.
  'resources',
] as const

// A container's own rules would restart it under restartPolicy Never. resizePolicy is refused with it.
export const ownContainerFields = ['restartPolicy', 'restartPolicyRules', 'resizePolicy'] as const

/** The spec without all that is Sallyport's to say. */
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
  // A pause that is kept must be shorter than the grace period, or the API server refuses the pod.
  return 'sleep' in fieldsOf(lifecycle['preStop']) ? { ...bare, lifecycle: without(lifecycle, ['preStop']) } : bare
}

/** An init container that restarts is a sidecar: the pod ends without waiting for it. */
function initContainer(container: Container): Container {
  const bare = bareContainer(container)
  return container['restartPolicy'] === 'Always' ? { ...bare, restartPolicy: 'Always' } : bare
}

/** With how the pod ends: by itself, at its deadline, also while Sallyport is down, and within a second. */
export function withOwnFields(spec: PodSpec, secondsLeft: number): PodSpec {
  return {
    ...withoutOwnFields(spec),
    restartPolicy: 'Never',
    // Not 0: with that the API server forgets the pod while its processes still run.
    terminationGracePeriodSeconds: 1,
    activeDeadlineSeconds: deadline(secondsLeft),
  }
}

const maxInt32 = 2_147_483_647

/**
 * Never before the access is over: the kubelet counts from the whole second in which the pod starts, which may be a second ago.
 * Also of what is no number: in JSON that would be null, and the pod without end.
 */
function deadline(secondsLeft: number): number {
  return Math.min(Math.max(1, Math.ceil(secondsLeft + 1) || 1), maxInt32)
}

/** Whether a step into `{metadata, spec}` is at what only Sallyport sets. */
export function isOwnField([top, field]: readonly string[]): boolean {
  if (field === undefined) return false
  if (top === 'metadata') return field !== 'labels' && field !== 'annotations'
  return top !== 'spec' || (ownPodFields as readonly string[]).includes(field)
}
