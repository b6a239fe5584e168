import type { Instant } from '../../api/duration.ts'
import type { Pod } from '../../api/pod.ts'
import { targetChanged } from '../../decision/pod/target.ts'
import { withCondition } from '../facts/conditions.ts'
import { requestUidLabel } from '../../api/provided-object.ts'
import { execBinding, execRole } from '../exec/exec-objects.ts'
import { providedMetadata } from '../provided-metadata.ts'
import { accessMessage } from '../facts/access-message.ts'
import { finish } from '../facts/finish.ts'
import { active, provisioned, type GrantedPod } from '../facts/granted.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { GrantedFacts } from '../facts/request-facts.ts'
import type { Plan } from '../facts/request-plan.ts'
import { approvedPod } from './resolve-shell.ts'
import { shellState } from './shell-state.ts'

// Without this pause, a pod that fails at once would be replaced in a loop at full speed.
const replacePauseMs = 10_000

/** Plans the requestor's own pod, and RBAC on it. */
export function planShell(facts: GrantedFacts, granted: GrantedPod, now: Instant): Plan {
  const rbac = [execRole(facts, granted.target), execBinding(facts.request, granted.requestor)]
  const next = granted.target.podUID === undefined ? making(facts, granted, now) : made(facts, granted, rbac, now)
  if (next.ended) return next.ended
  return { ...next, objects: [...rbac, ...next.objects] }
}

/** A plan without the RBAC, which is the same for every plan; or the end. */
type ShellStep = (Plan & { readonly ended?: never }) | { readonly ended: Plan }

function made(facts: GrantedFacts, granted: GrantedPod, rbac: readonly Manifest[], now: Instant): ShellStep {
  const state = shellState(facts.pod, granted.target.container)
  switch (state.state) {
    case 'ended':
      return { ended: finish(facts.request, 'Completed', state.message, now) }
    case 'lost':
      return replacing(facts, granted, state.message, now)
    case 'starting':
    case 'ready': {
      // A mutating webhook of the cluster, or a user who may edit pods, can swap the image. The gate would let nobody
      // in.
      const changed = targetChanged(granted.target, facts.pod)
      if (changed !== undefined) return { ended: finish(facts.request, 'Failed', changed, now) }
      return state.state === 'ready' ? ready(facts, granted, rbac, now) : starting(facts, granted, state.message)
    }
  }
}

function starting(facts: GrantedFacts, granted: GrantedPod, message: string): ShellStep {
  return { status: provisioned(facts, message), objects: [kept(facts, granted)] }
}

function ready(facts: GrantedFacts, granted: GrantedPod, rbac: readonly Manifest[], now: Instant): ShellStep {
  const objects = [kept(facts, granted)]
  const message = accessMessage(facts, granted.target)
  return facts.listed && facts.authorized
    ? { status: active(facts, [...rbac, ...objects], message, now), objects }
    : { status: provisioned(facts), objects, then: { do: 'await-ready' } }
}

function making(facts: GrantedFacts, { expires }: GrantedPod, now: Instant): ShellStep {
  const { request, pod } = facts
  if (pod) {
    // Sallyport crashed after it had made this pod, and before it noted the uid. The pod is not wanted, so it is
    // removed. Its end brings us back.
    if (pod.metadata.labels?.[requestUidLabel] === request.metadata.uid) {
      return {
        status: provisioned(facts, 'an earlier pod is still being removed'),
        objects: [],
        then: { do: 'await-pod' },
      }
    }
    const message = `pod ${pod.metadata.name} exists already, and Sallyport did not make it: ask again`
    return { ended: finish(request, 'Failed', message, now) }
  }
  const result = approvedPod(facts, (expires - now) / 1_000)
  if ('problem' in result) {
    const { problem, final } = result
    if (final) return { ended: finish(request, 'Failed', problem, now) }
    return { status: provisioned(facts, problem), objects: [], then: { do: 'await-pod' } }
  }
  return { status: provisioned(facts, 'its pod is being made'), objects: [], then: { do: 'make-pod', pod: result.pod } }
}

function replacing(facts: GrantedFacts, { target }: GrantedPod, message: string, now: Instant): ShellStep {
  const { request, template, pod } = facts
  if (template?.spec.access.shell?.replace !== 'OnFailure') return { ended: finish(request, 'Failed', message, now) }
  const again = pod ? Date.parse(pod.metadata.creationTimestamp) + replacePauseMs : now
  const told = `${message}; it will be replaced`
  if (now < again) return { status: provisioned(facts, told), objects: [kept(facts)], wakeAt: again }
  const { podUID, ...approved } = target
  const lost = { status: 'False', reason: 'PodLost', message: told } as const
  const conditions = withCondition(request.status?.conditions, 'Ready', lost, now)
  return {
    status: { ...provisioned(facts, told), phase: 'Approved', target: approved, conditions },
    objects: [],
    then: { do: 'await-pod' },
    wakeAt: now,
  }
}

/**
 * Returns the pod as it must stay. Only the deadline of a running pod can change. The kubelet counts it from the pod's
 * start, and ends the pod by itself, even while Sallyport is down. Labels, annotations and owner are put back if
 * somebody took them off.
 */
function kept({ request, pod }: GrantedFacts, granted?: GrantedPod): Manifest {
  const seconds = granted && pod && deadlineOf(pod, granted)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: providedMetadata(request),
    ...(seconds !== undefined && { spec: { activeDeadlineSeconds: seconds } }),
  }
}

/**
 * Returns the time from the pod's start to the end of the access, in seconds. Undefined until the pod has started. The
 * deadline may only be lowered.
 */
function deadlineOf({ spec, status }: Pod, { expires }: GrantedPod): number | undefined {
  if (status?.startTime === undefined) return undefined
  const wanted = Math.max(1, Math.ceil((expires - Date.parse(status.startTime)) / 1_000))
  return Math.min(wanted, spec.activeDeadlineSeconds ?? Infinity)
}
