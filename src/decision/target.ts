import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Target, Workload } from '../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import type { Pod } from '../api/pod.ts'
import { containerByDefault, containerNames, findContainer, type PodContainer } from './container.ts'
import { say } from './sentence.ts'

export type Resolved =
  | { readonly target: Target }
  /** `final`: the request can never be resolved, as what it asks does not change. */
  | {
      readonly problem: string
      readonly final: boolean
      /** The API server refuses it, in these words. */
      readonly isRefused?: boolean
    }

/** What is known of the pod that a request is to be about. */
export interface TargetFacts {
  readonly pod: Pod | undefined
  readonly template: AnyTemplate | undefined
  readonly workload: Workload | undefined
  /** The owner chain of the pod leads to the workload. */
  readonly isOfWorkload: boolean
}

/** What the request's pod is now: that pod, one container in it, and the image that it runs. */
export function resolveTarget({ spec, metadata }: AccessRequest, facts: TargetFacts): Resolved {
  const offered = facts.template?.spec.access.exec
  const here = findPod(spec.exec?.pod, metadata.namespace, facts)
  if ('problem' in here) return here
  const found = containerOf(spec.exec?.container, here.pod, offered?.containers)
  if ('problem' in found) return found
  const target = targetIn(here.pod, found.container, facts.workload)
  return { target: offered?.onExpiry?.evict ? { ...target, evictAtEnd: true } : target }
}

function targetIn({ metadata, spec }: Pod, { name, image, imageID }: Started, workload: Workload | undefined): Target {
  return {
    pod: metadata.name,
    podUID: metadata.uid,
    container: name,
    image,
    imageID,
    ...(spec.nodeName && { node: spec.nodeName }),
    ...(workload && { workload }),
  }
}

type Unresolved = Extract<Resolved, { problem: string }>

function findPod(named: string | undefined, namespace: string, facts: TargetFacts): { pod: Pod } | Unresolved {
  const target = facts.template?.spec.access.exec?.target
  const pod = facts.pod?.metadata.deletionTimestamp === undefined ? facts.pod : undefined
  const wrong = target && wrongWorkload(say`${target.kind} ${target.name}`, pod, namespace, facts)
  if (wrong !== undefined) return notYet(wrong)
  return pod ? { pod } : notYet(say`there is no pod ${named ?? ''} in ${namespace} yet`)
}

function wrongWorkload(
  target: string,
  pod: Pod | undefined,
  namespace: string,
  { workload, isOfWorkload }: TargetFacts,
): string | undefined {
  if (!workload) return say`there is no ${target} in ${namespace} yet`
  if (!pod) return say`${target} has no ready pod in ${namespace} yet, or not the one that is asked for`
  return isOfWorkload ? undefined : say`pod ${pod.metadata.name} does not belong to ${target}`
}

function notYet(problem: string): Unresolved {
  return { problem, final: false }
}

type Started = PodContainer & { readonly imageID: string }

function containerOf(
  asked: string | undefined,
  pod: Pod,
  offered: readonly string[] | undefined,
): { readonly container: Started } | Unresolved {
  const { name: podName } = pod.metadata
  const wanted = asked ?? containerByDefault(pod) ?? (offered?.length === 1 ? offered[0] : undefined)
  if (wanted === undefined) {
    const problem = say`pod ${podName} has several containers (${containerNames(pod)}): make a request that names one in spec.exec.container`
    return { problem, final: true }
  }
  const container = findContainer(pod, wanted)
  if (!container) {
    return { problem: say`pod ${podName} has no container ${wanted}; it has ${containerNames(pod)}`, final: true }
  }
  if (offered && !offered.includes(wanted)) {
    const problem = say`the template offers container ${offered.join(', ')}, and not ${wanted}: make a request that names one`
    return { problem, final: true }
  }
  const { imageID } = container
  if (imageID !== undefined) return { container: { ...container, imageID } }
  return { problem: say`container ${wanted} of pod ${podName} has not started yet`, final: false }
}

/** Why the target is not any more what was approved; undefined while it is. */
export function targetChanged(target: Target, pod: Pod | undefined): string | undefined {
  if (target.podUID === undefined) return 'its pod is not made yet'
  if (!pod) return say`pod ${target.pod} is gone`
  if (pod.metadata.uid !== target.podUID) return say`pod ${target.pod} was replaced by another of the same name`
  const container = findContainer(pod, target.container)
  if (!container) return say`container ${target.container} is gone from pod ${target.pod}`
  if (container.image !== target.image) {
    return say`the image of container ${target.container} was changed from ${target.image} to ${container.image}`
  }
  // Empty while a container restarts: no change yet.
  if (target.imageID !== undefined && container.imageID !== undefined && container.imageID !== target.imageID) {
    return say`container ${target.container} runs another build of ${target.image} than was approved`
  }
  return undefined
}

/** The pod that a request is about: the one that was found for it, else the one that it names. */
export function podNameOf({ spec, status }: AccessRequest): string | undefined {
  return status?.target?.pod ?? spec.exec?.pod
}
