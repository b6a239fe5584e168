import { setImmediate as otherWork } from 'node:timers/promises'
import type { Clock, Instant } from '../clock/clock.ts'
import { createAlarm } from './alarm.ts'
import { createKeyAges, type KeyAges, type QueueLoad } from './key-ages.ts'
import { createKeysInHand, type KeysInHand } from './keys-in-hand.ts'
import { createRetryDelays, type RetryDelays } from './retry-delays.ts'

/**
 * The keys to be reconciled, after client-go's workqueue. A key is in it only once, however often it was added. Two
 * workers never have the same key. A key that is added while it is worked on is worked on once more, because the change
 * may have come too late.
 *
 * Unlike client-go's queue it is fair: groups of keys take turns, and after each key the other work of the process gets
 * a turn.
 */
export interface Workqueue {
  add(key: string): void
  /**
   * Adds the key at a later moment. If a key gets several moments, the earliest counts.
   * @throws RangeError if `at` is NaN
   */
  addAt(key: string, at: Instant): void
  /** Adds the key once this time has passed, even if the time of day is set meanwhile. */
  addAfter(key: string, ms: number): void
  /**
   * Works until the signal aborts. Resolves when no timer is left and every worker has finished the key in its hand:
   * `reconcile` gets the signal and should heed it. The other keys stay queued for the next run.
   * @throws Error if the queue is running already
   */
  run(reconcile: Reconcile, options: { readonly workers: number; readonly signal: AbortSignal }): Promise<void>
  /** Returns the number of keys that wait or are in hand, and the age of the oldest of them. */
  load(): QueueLoad
}

/** Brings the world in line with one key. A rejection means: try again, later each time. */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<void>

export interface WorkqueueOptions {
  /** The clock for the moments of addAt. */
  readonly clock: Clock
  /** The clock for waits: the steady clock, if `clock` may be set. */
  readonly steady?: Clock
  /**
   * Returns the group of a key. A group gets a second worker only while no other group waits for its first. If left
   * out: all keys are one group.
   */
  readonly groupOf?: (key: string) => string
  /** Is told of each key that is added and did not wait already. */
  readonly onAdded?: () => void
  /** Gets each failure and the wait of its key. An error that it throws is dropped. */
  readonly onError?: (key: string, error: unknown, retryInMs: number) => void
}

export function createWorkqueue(options: WorkqueueOptions): Workqueue {
  const { clock, steady = clock, groupOf = () => '', onAdded, onError } = options
  const [moments, waits] = [createAlarm(clock), createAlarm(steady)]
  const ages = createKeyAges(steady)
  const keys = createKeysInHand(groupOf)
  const queue: QueueState = { keys, ages, retries: createRetryDelays(), idle: [], retryLater, onAdded }
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
      // A failed report must not end a worker.
    }
  }

  return {
    add,
    addAt: (key, at) => {
      moments.set(key, at)
    },
    addAfter,
    load: () => ages.load(),
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

/** The state that the workers share. */
interface QueueState {
  readonly keys: KeysInHand
  readonly ages: KeyAges
  readonly retries: RetryDelays
  /** Each function wakes one worker that has nothing to do. */
  readonly idle: (() => void)[]
  readonly retryLater: (key: string, error: unknown) => void
  readonly onAdded: (() => void) | undefined
}

function addTo({ keys, ages, idle, onAdded }: QueueState, key: string): void {
  if (ages.begin(key)) onAdded?.()
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
    // A key may need no I/O, and thousands of them would block the process.
    await otherWork()
  }
}

async function process(queue: QueueState, key: string, reconcile: Reconcile, signal: AbortSignal): Promise<void> {
  const { keys, ages, retries, retryLater } = queue
  try {
    await reconcile(key, signal)
    retries.forget(key)
  } catch (error) {
    if (signal.aborted) keys.keep(key)
    else retryLater(key, error)
  } finally {
    ages.end(key)
    if (keys.done(key)) addTo(queue, key)
  }
}
