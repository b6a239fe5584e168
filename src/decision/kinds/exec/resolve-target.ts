import type { AccessRequest } from '../../../api/kinds/access-request.ts'
import type { Target, UsedWorkload } from '../../../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../../../api/kinds/access-template.ts'
import type { Pod } from '../../../api/pod.ts'
import { findContainer, type PodContainer } from '../../pod/container.ts'
import { containerKubectlTakes, containerNames } from '../../pod/default-container.ts'
import { because, enterable, endSentence } from '../../pod/enterable.ts'
import { say } from '../../text/sentence.ts'

export type Resolved =
  /** `why`: the reason for this container; undefined where the request names it, or the pod has only one. */
  | { readonly target: Target; readonly why?: string }
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
  readonly workload: UsedWorkload | undefined
  /** Whether the pod is one of the workload (isPodOf). */
  readonly isOfWorkload: boolean
}

/** What the request's pod is now: that pod, one container in it, and the image that it runs. */
export function resolveTarget({ spec, metadata }: AccessRequest, facts: TargetFacts): Resolved {
  const offered = facts.template?.spec.access.exec
  const here = findPod(spec.exec?.pod, metadata.namespace, facts)
  if ('problem' in here) return here
  const found = containerOf(spec.exec?.container, here.pod, offered?.containers)
  if ('problem' in found) return found
  const target = targetIn(here.pod, found.container, facts)
  return { target, ...(found.why !== undefined && { why: found.why }) }
}

function targetIn({ metadata, spec }: Pod, started: Started, { workload, template }: TargetFacts): Target {
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
    ...(template?.spec.access.exec?.onExpiry?.evict && { evictAtEnd: true }),
  }
}

/** Why it is not known what a request is about. */
export type Unresolved = Extract<Resolved, { problem: string }>

function findPod(named: string | undefined, namespace: string, facts: TargetFacts): { pod: Pod } | Unresolved {
  const target = facts.template?.spec.access.exec?.target
  const isLeaving = facts.pod?.metadata.deletionTimestamp !== undefined
  const pod = isLeaving ? undefined : facts.pod
  const wrong = target && wrongWorkload(say`${target.kind} ${target.name}`, pod, namespace, facts)
  if (wrong !== undefined) return notYet(wrong)
  if (pod) return { pod }
  const where = say`pod ${named ?? ''} in ${namespace}`
  // Its successor may bear its name.
  return notYet(isLeaving ? `${where} is being deleted` : `there is no ${where} yet`)
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
    const problem = say`the template offers container ${offered.join(', ')}, and not ${wanted}: make a request that names one`
    return { problem, final: true }
  }
  return started(pod, container, why)
}

/** As kubectl does, unless the template offers another and no more. */
function byDefault(pod: Pod, offered: readonly string[] | undefined): { readonly name: string; readonly why?: string } {
  const taken = containerKubectlTakes(pod.metadata.annotations, pod.spec)
  const [only] = offered ?? []
  if (only === undefined || offered?.length !== 1 || only === taken.name) return taken
  return { name: only, why: 'the only one that the template offers' }
}

/** The container with its image; a problem where nobody can ever get in, or no node has told the image yet. */
function started(pod: Pod, container: PodContainer, why: string | undefined): Chosen | Unresolved {
  const judged = enterable(pod, container)
  if (judged.state === 'ended') return { problem: endSentence(pod, container, judged), final: judged.of !== 'deletion' }
  const { imageID } = container
  if (imageID !== undefined) return { container: { ...container, imageID }, why }
  return notYet(
    say`${container.sort} ${container.name} of pod ${pod.metadata.name} has not started yet` + because(judged),
  )
}
