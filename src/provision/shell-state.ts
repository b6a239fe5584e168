import type { Pod } from '../api/pod.ts'
import { say } from '../decision/sentence.ts'

/** What became of a shell pod. */
export type ShellState =
  | { readonly state: 'ready' }
  | { readonly state: 'starting'; readonly message: string }
  /** Its program ended by itself, or somebody typed exit. */
  | { readonly state: 'ended' }
  | { readonly state: 'lost'; readonly message: string }

/** @param pod the one that was made, undefined where it is gone */
export function shellState(pod: Pod | undefined): ShellState {
  if (!pod || pod.metadata.deletionTimestamp !== undefined) return { state: 'lost', message: 'its pod was deleted' }
  const { phase, reason, message, conditions = [] } = pod.status ?? {}
  if (phase === 'Succeeded') return { state: 'ended' }
  if (phase === 'Failed') {
    const why = [reason, message].filter((one) => one !== undefined && one !== '').join(': ')
    return { state: 'lost', message: say`its pod failed` + (why === '' ? '' : say` (${why})`) }
  }
  if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return { state: 'ready' }
  return { state: 'starting', message: whyWaiting(pod) }
}

/** What the scheduler or the kubelet says, word for word. */
function whyWaiting({ status = {} }: Pod): string {
  const unscheduled = status.conditions?.find(({ type, status: held }) => type === 'PodScheduled' && held === 'False')
  if (unscheduled?.message) return say`its pod waits for a node: ${unscheduled.message}`
  const waiting = (status.containerStatuses ?? []).flatMap(({ state }) => state?.waiting ?? [])[0]
  return 'its pod starts' + (waiting ? saidOf(waiting) : '')
}

function saidOf({ reason, message }: { readonly reason?: string; readonly message?: string }): string {
  if (reason === undefined || reason === 'ContainerCreating' || reason === 'PodInitializing') return ''
  return say`: ${reason}` + (message === undefined ? '' : say`: ${message}`)
}
