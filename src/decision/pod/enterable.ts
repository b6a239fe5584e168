import type { Pod } from '../../api/pod.ts'
import { allContainers, type PodContainer } from './container.ts'
import { endOf, endOfPod, whyUnscheduled, whyWaiting } from './last-words.ts'
import { say } from '../text/sentence.ts'

/** The answer to whether somebody can get into a container of a pod, now or ever. */
export type Enterable =
  | { readonly state: 'running' }
  /** The pod has no node yet. `why` is in the scheduler's words. */
  | { readonly state: 'unscheduled'; readonly why: string }
  /** The container has not started, or is started again. `why` is a clause, or empty if nothing gives a reason. */
  | { readonly state: 'waits'; readonly why: string }
  | EndedContainer

/** The end of a container: nobody can get in any more. */
export interface EndedContainer {
  readonly state: 'ended'
  /** The part that ended: the whole pod, a pod that is being deleted with nothing left in it, or only the container. */
  readonly of: 'pod' | 'deletion' | 'container'
  /** Its program ended by itself with exit code 0. */
  readonly isWell: boolean
  /**
   * The reason that was given at the end. For a pod it may be empty. For a container it is a clause without its
   * subject.
   */
  readonly said: string
}

/**
 * Judges a container by its own status and by its pod's. If the pod has ended, the node may never have made the
 * container.
 */
export function enterable(pod: Pod, container: PodContainer): Enterable {
  if (hasEnded(pod)) return endedPod(pod, container)
  if (container.running) return { state: 'running' }
  return endedContainer(pod, container) ?? waiting(pod, container)
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed'
}

function waiting(pod: Pod, container: PodContainer): Enterable {
  const unscheduled = whyUnscheduled(pod)
  if (unscheduled !== undefined) return { state: 'unscheduled', why: unscheduled }
  return { state: 'waits', why: whyWaiting(pod, container) }
}

/** The end of a container that does not run. Undefined if it will run. */
function endedContainer(pod: Pod, container: PodContainer): EndedContainer | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return { state: 'ended', of: 'deletion', isWell: false, said: '' }
  const exitCode = container.seen?.state?.terminated?.exitCode
  if (exitCode === undefined || isStartedAgain(pod, container, exitCode)) return undefined
  return { state: 'ended', of: 'container', isWell: exitCode === 0, said: endOf(container) ?? '' }
}

/** The reason why nobody can get into a container now, to be put behind a clause. Empty if nothing gives a reason. */
export function because(judged: Exclude<Enterable, EndedContainer>): string {
  switch (judged.state) {
    case 'running':
      return ''
    case 'unscheduled':
      return `: its pod waits for a node: ${judged.why}`
    case 'waits':
      return judged.why === '' ? '' : `: ${judged.why}`
  }
}

/** Says why nobody can get into a container any more: a sentence without full stop. */
export function endSentence(
  { metadata, status }: Pod,
  { sort, name }: PodContainer,
  { of, said }: EndedContainer,
): string {
  switch (of) {
    case 'pod':
      return say`pod ${metadata.name} has ended (${status?.phase ?? ''})` + (said === '' ? '' : `: ${said}`)
    case 'deletion':
      return say`pod ${metadata.name} is being deleted, and none of its containers runs`
    case 'container':
      return say`${sort} ${name} of pod ${metadata.name} ` + `${said}, and is not started again`
  }
}

function endedPod(pod: Pod, container: PodContainer): EndedContainer {
  const { phase, reason = '' } = pod.status ?? {}
  // A program that is told to stop may end with exit code 0. If the pod has a reason, somebody told it to stop.
  const endedByItself = reason === '' && container.seen?.state?.terminated?.exitCode === 0
  return { state: 'ended', of: 'pod', isWell: phase === 'Succeeded' || endedByItself, said: endOfPod(pod, container) }
}

/**
 * True if the kubelet restarts a container with this exit code: `ShouldContainerBeRestarted` in
 * `pkg/kubelet/container`.
 */
function isStartedAgain(pod: Pod, container: PodContainer, exitCode: number): boolean {
  const { sort, declared } = container
  if (sort === 'ephemeral container') return false
  // The end of one container can restart all of them.
  if (allContainers(pod).some((one) => rulesOf(one).some(({ action }) => action === 'RestartAllContainers')))
    return true
  if (rulesOf(container).some((rule) => meets(rule, exitCode))) return true
  return isPolicy(declared.restartPolicy ?? podPolicy(pod, container), exitCode)
}

function isPolicy(policy: string, exitCode: number): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** The restart policy of a container that does not set one. An init container that ended well has done its work. */
function podPolicy({ spec: { restartPolicy = 'Always' } }: Pod, { sort }: PodContainer): string {
  return sort === 'init container' && restartPolicy === 'Always' ? 'OnFailure' : restartPolicy
}

type RestartRule = NonNullable<PodContainer['declared']['restartPolicyRules']>[number]

function rulesOf({ declared }: PodContainer): readonly RestartRule[] {
  return declared.restartPolicyRules ?? []
}

function meets({ exitCodes }: RestartRule, exitCode: number): boolean {
  const isListed = exitCodes?.values?.includes(exitCode) ?? false
  return exitCodes?.operator === 'NotIn' ? !isListed : isListed
}
