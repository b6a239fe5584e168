import { setTimeout as sleep } from 'node:timers/promises'

// Fast enough that nobody notices, and slow enough that a check which starts a process does not fill a core.
const pollMs = 50

export interface Wait {
  /** Completes the sentence "... did not happen within N s". */
  readonly what: string
  readonly deadlineMs: number
  readonly signal?: AbortSignal
  /** Returns text that a reader of the failure needs, for example the end of a log. */
  readonly evidence?: () => string
}

/** Waits for a condition, never for a fixed time. At the deadline it fails with a reason. */
export async function waitUntil(wait: Wait, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + wait.deadlineMs
  while (!(await condition())) {
    wait.signal?.throwIfAborted()
    if (performance.now() > end) {
      const evidence = wait.evidence?.() ?? ''
      throw new Error(`${wait.what} did not happen within ${wait.deadlineMs / 1000} s${evidence && `\n${evidence}`}`)
    }
    await sleep(pollMs)
  }
}
