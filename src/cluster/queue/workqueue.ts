import { setImmediate as otherWork } from 'node:timers/promises'
import type { Clock, Instant } from '../clock/clock.ts'
import { createAlarm } from './alarm.ts'
import { createKeysInHand, type KeysInHand } from './keys-in-hand.ts'
import { createRetryDelays, type RetryDelays } from './retry-delays.ts'

/**
 * Keys to be reconciled, after client-go's workqueue: a key stands in it once however often it was added, two workers never have
 * the same key, and a key that is added while it is worked on is worked on once more (what it changed may have come too late).
 *
 * Unlike that one it is fair: groups of keys take turns, and after each key whatever else the process has to do is done.
 */
export interface Workqueue {
  add(key: string): void
  /**
   * Adds the key at a later moment; of several moments for one key the earliest counts.
   * @throws RangeError where `at` is NaN
   */
  addAt(key: string, at: Instant): void
  /** Adds the key once so much time has passed, whatever becomes of the time of day. */
  addAfter(key: string, ms: number): void
  /**
   * Works until the signal aborts, and resolves when no timer is left and every worker has finished what it had in hand:
   * `reconcile` is handed the signal and should heed it. Whatever is not done by then stays queued for the next run.
   * @throws Error where the queue is being run already
   */
  run(reconcile: Reconcile, options: { readonly workers: number; readonly signal: AbortSignal }): Promise<void>
}

/** Brings the world in line with one key. A rejection means: try again, later and later. */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<void>

export interface WorkqueueOptions {
  /** Of the moments of addAt. */
  readonly clock: Clock
  /** How long a key has waited: the steady clock, where `clock` is one that may be set. */
  readonly steady?: Clock
  /** The group of a key. A group gets a second worker only while no other group waits for its first. Left out: all are one group. */
  readonly groupOf?: (key: string) => string
  /** Is told of each failure and how long the key waits; what it throws itself is dropped. */
  readonly onError?: (key: string, error: unknown, retryInMs: number) => void
}

export function createWorkqueue({ clock, steady = clock, groupOf = () => '', onError }: WorkqueueOptions): Workqueue {
  const [moments, waits] = [createAlarm(clock), createAlarm(steady)]
  const queue: QueueState = { keys: createKeysInHand(groupOf), retries: createRetryDelays(), idle: [], retryLater }
  const add = (key: string): void => {
    addTo(queue, key)
  }
  let running = false

  function addAfter(key: string, ms: number): void {
    waits.set(key, steady.now() + ms)
  }

  function retryLater(key: string, error: unknown): void {
    const retryInMs = queue.retries.next(key, error)
    addAfter(key, retryInMs)
    try {
      onError?.(key, error, retryInMs)
    } catch {
      // Telling is not worth a worker.
    }
  }

  return {
    add,
    addAt: (key, at) => {
      moments.set(key, at)
    },
    addAfter,
    async run(reconcile, { workers, signal }) {
      if (running) throw new Error('this workqueue is being run already')
      running = true
      const stop = () => {
        moments.wake()
        waits.wake()
        for (const wake of queue.idle.splice(0)) wake()
      }
      signal.addEventListener('abort', stop, { once: true })
      try {
        const all = Array.from({ length: workers }, () => work(queue, reconcile, signal))
        await Promise.all([moments.run(add, signal), waits.run(add, signal), ...all])
      } finally {
        signal.removeEventListener('abort', stop)
        running = false
      }
    },
  }
}

/** What the workers share. */
interface QueueState {
  readonly keys: KeysInHand
  readonly retries: RetryDelays
  /** Wakes a worker each, of those that have nothing to do. */
  readonly idle: (() => void)[]
  readonly retryLater: (key: string, error: unknown) => void
}

function addTo({ keys, idle }: QueueState, key: string): void {
  keys.add(key)
  idle.shift()?.()
}

async function work(queue: QueueState, reconcile: Reconcile, signal: AbortSignal): Promise<void> {
  const { keys, idle } = queue
  while (!signal.aborted) {
    const turn = keys.take()
    if (!turn) {
      await new Promise<void>((resolve) => idle.push(resolve))
      continue
    }
    await process(queue, turn.item, reconcile, signal)
    keys.endTurn(turn.group)
    // A key may want no I/O, and thousands of them would hold up all else.
    await otherWork()
  }
}

async function process(queue: QueueState, key: string, reconcile: Reconcile, signal: AbortSignal): Promise<void> {
  const { keys, retries, retryLater } = queue
  try {
    await reconcile(key, signal)
    retries.forget(key)
  } catch (error) {
    if (signal.aborted) keys.keep(key)
    else retryLater(key, error)
  } finally {
    if (keys.done(key)) addTo(queue, key)
  }
}
