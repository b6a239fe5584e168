import type { Pod } from '../api/pod.ts'
import { quoted, say } from '../decision/sentence.ts'

/** What became of a shell pod. */
export type ShellState =
  | { readonly state: 'ready' }
  | { readonly state: 'starting'; readonly message: string }
  /** Its program ended by itself, or somebody typed exit. */
  | { readonly state: 'ended' }
  | { readonly state: 'lost'; readonly message: string }

/** @param pod the one that was made, undefined where it is gone */
export function shellState(pod: Pod | undefined): ShellState {
  if (!pod) return { state: 'lost', message: 'its pod was deleted' }
  if (pod.metadata.deletionTimestamp !== undefined) return { state: 'lost', message: whyDeleted(pod) }
  const { phase, conditions = [] } = pod.status ?? {}
  if (phase === 'Succeeded') return { state: 'ended' }
  if (phase === 'Failed') return { state: 'lost', message: whyFailed(pod) }
  if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return { state: 'ready' }
  return { state: 'starting', message: whyWaiting(pod) }
}

/** Who evicts a pod says so in it first. */
function whyDeleted({ status = {} }: Pod): string {
  const disrupted = status.conditions?.find(({ type, status: held }) => type === 'DisruptionTarget' && held === 'True')
  return 'its pod was deleted' + inBrackets(disrupted?.reason, disrupted?.message)
}

/** What the kubelet says of the pod, else of its first container that failed. */
function whyFailed({ status = {} }: Pod): string {
  const { reason, message, containerStatuses = [] } = status
  const ofPod = inBrackets(reason, message)
  if (ofPod !== '') return 'its pod failed' + ofPod
  const failed = containerStatuses.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0)
  const { terminated } = failed?.state ?? {}
  if (!failed || !terminated) return 'its pod failed'
  const what = say`its pod failed: container ${failed.name} ended with exit code ${String(terminated.exitCode)}`
  return what + inBrackets(terminated.reason, terminated.message)
}

function inBrackets(...said: readonly (string | undefined)[]): string {
  const why = said.filter((one) => one !== undefined && one !== '').join(': ')
  return why === '' ? '' : ` (${quoted(why)})`
}

/** What the scheduler or the kubelet says, word for word. */
function whyWaiting({ status = {} }: Pod): string {
  const unscheduled = status.conditions?.find(({ type, status: held }) => type === 'PodScheduled' && held === 'False')
  if (unscheduled?.message) return `its pod waits for a node: ${quoted(unscheduled.message)}`
  const waiting = (status.containerStatuses ?? []).flatMap(({ state }) => state?.waiting ?? [])[0]
  return 'its pod starts' + (waiting ? saidOf(waiting) : '')
}

function saidOf({ reason, message }: { readonly reason?: string; readonly message?: string }): string {
  if (reason === undefined || reason === 'ContainerCreating' || reason === 'PodInitializing') return ''
  return say`: ${reason}` + (message === undefined ? '' : `: ${quoted(message)}`)
}
