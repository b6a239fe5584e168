import type { Pod } from '../../api/pod.ts'
import { findContainer } from '../../decision/pod/container.ts'
import { whyWaiting } from '../../decision/pod/last-words.ts'

/** The state of the container that runs a task. */
export type TaskState =
  | { readonly state: 'absent' }
  /** `why` is a clause, or empty if nothing gives a reason. */
  | { readonly state: 'starts'; readonly why: string }
  | { readonly state: 'runs' }
  | { readonly state: 'ended'; readonly exitCode: number }

/** Judges a task by its container. An ephemeral container is never started again. */
export function taskState(pod: Pod | undefined, name: string): TaskState {
  const container = pod && findContainer(pod, name)
  if (!container) return { state: 'absent' }
  const { running, terminated } = container.seen?.state ?? {}
  if (terminated) return { state: 'ended', exitCode: terminated.exitCode }
  return running ? { state: 'runs' } : { state: 'starts', why: whyWaiting(pod, container) }
}
