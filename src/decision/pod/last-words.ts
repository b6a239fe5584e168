import { conditionIn } from '../../api/conditions.ts'
import type { Pod } from '../../api/pod.ts'
import { cut, printableWhole } from '../../api/printable.ts'
import { allContainers, type PodContainer } from './container.ts'
import { say } from '../text/sentence.ts'

/**
 * The most characters that are kept of one text of the kubelet or of a program. A termination message may have 4096
 * bytes.
 */
export const maxSaid = 1_024

/** Reasons that every end has. Beside a message or an exit code they say nothing more. */
const wordless = ['Completed', 'Error']

/** Says how a container ended: a clause without its subject. Undefined if it has not ended. */
export function endOf({ seen }: PodContainer): string | undefined {
  const end = lastEnd(seen)
  if (!end) return undefined
  const { exitCode, reason = '', message = '' } = end
  const said = message !== '' && wordless.includes(reason) ? [message] : [reason, message]
  return `ended with exit code ${exitCode}` + inBrackets(...said)
}

/** The reasons for a pod's end, from its status and from the container that failed. Empty if neither gives one. */
export function endOfPod(pod: Pod, entered: PodContainer): string {
  const { phase, reason, message } = pod.status ?? {}
  const spoke = phase === 'Failed' ? failedOf(pod, entered) : [entered].filter(({ seen }) => lastEnd(seen)?.message)
  const ends = spoke.map((one) => say`${one.sort} ${one.name} ` + (endOf(one) ?? ''))
  return [joined(reason, message), ...ends].filter(Boolean).join('; ')
}

/** The container to enter if it failed, else the first container that failed. Init containers come first. */
function failedOf(pod: Pod, entered: PodContainer): readonly PodContainer[] {
  const failed = [entered, ...allContainers(pod)].find(({ seen }) => (seen?.state?.terminated?.exitCode ?? 0) !== 0)
  return failed ? [failed] : []
}

/** Says why a pod waits for a node, in the scheduler's words. Undefined if it has one. */
export function whyUnscheduled({ status = {} }: Pod): string | undefined {
  const scheduled = conditionIn(status, 'PodScheduled')
  return scheduled?.status === 'False' && scheduled.message ? quotedEnd(scheduled.message) : undefined
}

/** The reason why a container does not run: a clause. Empty if nothing gives a reason. */
export function whyWaiting(pod: Pod, entered: PodContainer): string {
  const [first = ''] = [...before(pod, entered), entered].map(troubleOf).filter(Boolean)
  return first
}

/** The init containers that must have done their work before a container starts. */
function before(pod: Pod, { sort, name }: PodContainer): readonly PodContainer[] {
  if (sort === 'ephemeral container') return []
  const all = allContainers(pod)
  const until = all.findIndex((one) => one.name === name)
  return all.slice(0, until).filter((one) => one.sort === 'init container' && !isDone(one))
}

function isDone({ seen, running }: PodContainer): boolean {
  return running || seen?.state?.terminated?.exitCode === 0
}

// Every container waits for these at first.
const ordinary = ['ContainerCreating', 'PodInitializing']

function troubleOf(container: PodContainer): string {
  const { waiting, terminated } = container.seen?.state ?? {}
  const name = say`${container.sort} ${container.name}`
  if (terminated || waiting?.reason === 'CrashLoopBackOff')
    return `${name} ${endOf(container) ?? 'ended'} and is started again`
  if (waiting?.reason === undefined || ordinary.includes(waiting.reason)) return ''
  return `${name} waits` + inBrackets(waiting.reason, waiting.message)
}

/** The end of a container. If the container is started again, it is the end before. */
function lastEnd(seen: PodContainer['seen']): { exitCode: number; reason?: string; message?: string } | undefined {
  return seen?.state?.terminated ?? seen?.lastState?.terminated
}

/** Puts texts of others into brackets, behind a blank. Empty if all the texts are empty. */
export function inBrackets(...said: readonly (string | undefined)[]): string {
  const all = joined(...said)
  return all === '' ? '' : ` (${all})`
}

function joined(...said: readonly (string | undefined)[]): string {
  return said
    .filter((one) => one !== undefined && one !== '')
    .map((one) => quotedEnd(one ?? ''))
    .join(': ')
}

function quotedEnd(text: string): string {
  return cut(printableWhole(text.trim()), maxSaid)
}
