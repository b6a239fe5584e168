import type { Target, UsedWorkload } from '../../../api/kinds/access-request-status.ts'
import type { WorkloadRef } from '../../../api/kinds/workload-ref.ts'
import type { Pod } from '../../../api/pod.ts'
import { findContainer, type PodContainer } from '../../pod/container.ts'
import type { Membership } from '../../pod/owner-chain.ts'
import { containerKubectlTakes, containerNames } from '../../pod/default-container.ts'
import { because, enterable, endSentence } from '../../pod/enterable.ts'
import { say } from '../../text/sentence.ts'
import { taskPrefix } from '../task/task-container.ts'

export type Resolved =
  /** `why` is the reason for this container. Undefined if the request names it, or the pod has only one. */
  | { readonly target: Target; readonly why?: string }
  /** `final` is true if the request can never be resolved, since what it asks does not change. */
  | {
      readonly problem: string
      readonly final: boolean
      /** True if the API server refuses it: then `problem` has its words. */
      readonly isRefused?: boolean
    }

/** The facts about the pod that a request is for. */
export interface TargetFacts extends Membership {
  readonly pod: Pod | undefined
  readonly workload: UsedWorkload | undefined
}

/** The pod and the container that a request names, and those that its template offers. */
export interface WantedTarget {
  readonly pod: string | undefined
  readonly container: string | undefined
  /** The workload that the pod must belong to. Undefined without a template. */
  readonly workload: WorkloadRef | undefined
  /** The containers that are offered. Undefined: any. */
  readonly containers: readonly string[] | undefined
  /** True if the pod is evicted when the access ends. */
  readonly evictAtEnd: boolean
}

/** Finds the target of a request, as it is now: the pod, one container in it, and the image that the container runs. */
export function resolveTarget(wanted: WantedTarget, namespace: string, facts: TargetFacts): Resolved {
  const here = findPod(wanted, namespace, facts)
  if ('problem' in here) return here
  const found = containerOf(wanted.container, here.pod, wanted.containers)
  if ('problem' in found) return found
  const target = { ...targetIn(here.pod, found.container, facts), ...(wanted.evictAtEnd && { evictAtEnd: true }) }
  return { target, ...(found.why !== undefined && { why: found.why }) }
}

function targetIn({ metadata, spec }: Pod, started: Started, { workload }: TargetFacts): Target {
  const { name, image, imageID, containerID } = started
  return {
    pod: metadata.name,
    podUID: metadata.uid,
    container: name,
    image,
    imageID,
    ...(containerID !== undefined && { containerID }),
    ...(spec.nodeName && { node: spec.nodeName }),
    ...(spec.serviceAccountName && { serviceAccount: spec.serviceAccountName }),
    ...(workload && { workload }),
  }
}

/** The reason why the target of a request is not known. */
export type Unresolved = Extract<Resolved, { problem: string }>

function findPod(
  { pod: named, workload: target }: WantedTarget,
  namespace: string,
  facts: TargetFacts,
): { pod: Pod } | Unresolved {
  const isLeaving = facts.pod?.metadata.deletionTimestamp !== undefined
  const pod = isLeaving ? undefined : facts.pod
  const wrong = target && wrongWorkload(say`${target.kind} ${target.name}`, pod, namespace, facts)
  if (wrong) return wrong
  if (pod) return { pod }
  const where = say`pod ${named ?? ''} in ${namespace}`
  // Its successor may have the same name.
  return notYet(isLeaving ? `${where} is being deleted` : `${where} does not exist yet`)
}

function wrongWorkload(
  target: string,
  pod: Pod | undefined,
  namespace: string,
  { workload, isOfWorkload, isOfAnother }: TargetFacts,
): Unresolved | undefined {
  if (!workload) return notYet(say`${target} in ${namespace} does not exist yet`)
  if (!pod) {
    return notYet(say`${target} has no ready pod in ${namespace} yet, or the pod that the request names is not there`)
  }
  return isOfWorkload
    ? undefined
    : { problem: say`pod ${pod.metadata.name} does not belong to ${target}`, final: isOfAnother }
}

function notYet(problem: string): Unresolved {
  return { problem, final: false }
}

type Started = PodContainer & { readonly imageID: string }

interface Chosen {
  readonly container: Started
  readonly why: string | undefined
}

function containerOf(asked: string | undefined, pod: Pod, offered: readonly string[] | undefined): Chosen | Unresolved {
  const { name: podName } = pod.metadata
  const { name: wanted, why } = asked === undefined ? byDefault(pod, offered) : { name: asked }
  const container = findContainer(pod, wanted)
  if (!container) {
    const problem = say`pod ${podName} has no container ${wanted}; it has ` + containerNames(pod.spec)
    return { problem, final: true }
  }
  if (offered && !offered.includes(wanted)) {
    const offers = say`the template offers container ${offered.join(', ')}, not ${wanted}`
    const problem = `${offers}: make a request that names one of these`
    return { problem, final: true }
  }
  if (container.sort === 'ephemeral container' && wanted.startsWith(taskPrefix)) {
    const runs = say`container ${wanted} of pod ${podName} runs the task of another request`
    return { problem: `${runs}, and only Sallyport enters it`, final: true }
  }
  return started(pod, container, why)
}

/** The container that kubectl takes. If the template offers only one other container, it is that one. */
function byDefault(pod: Pod, offered: readonly string[] | undefined): { readonly name: string; readonly why?: string } {
  const taken = containerKubectlTakes(pod.metadata.annotations, pod.spec)
  const [only] = offered ?? []
  if (only === undefined || offered?.length !== 1 || only === taken.name) return taken
  return { name: only, why: 'the only one that the template offers' }
}

/** The container with its image. A problem if nobody can ever get in, or if the node has not reported the image yet. */
function started(pod: Pod, container: PodContainer, why: string | undefined): Chosen | Unresolved {
  const judged = enterable(pod, container)
  if (judged.state === 'ended') return { problem: endSentence(pod, container, judged), final: judged.of !== 'deletion' }
  const { imageID } = container
  if (imageID !== undefined) return { container: { ...container, imageID }, why }
  return notYet(
    say`${container.sort} ${container.name} of pod ${pod.metadata.name} has not started yet` + because(judged),
  )
}
