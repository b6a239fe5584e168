import { setImmediate as otherWork } from 'node:timers/promises'
import { createFairQueue } from './fair-queue.ts'
import { retryAfterMsOf } from '../client/api-error.ts'
import type { Clock, Instant } from '../clock/clock.ts'
import { createSchedule, type Schedule } from './schedule.ts'

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

// A conflict is gone after one more look, so the first retry comes at once, as in client-go.
const firstRetryMs = 5
// client-go goes on to 1000 s. Here somebody waits for access, or for its end: a minute after a cause is repaired is enough.
const lastRetryMs = 60_000

/** Moments to come, and what interrupts the sleep until the next of them. */
interface Alarm {
  readonly clock: Clock
  readonly schedule: Schedule
  rearm: AbortController
}

export function createWorkqueue({ clock, steady = clock, groupOf = () => '', onError }: WorkqueueOptions): Workqueue {
  // client-go's dirty set is `waiting` and `again` together.
  const waiting = createFairQueue<string>()
  const again = new Set<string>()
  const processing = new Set<string>()
  const failures = new Map<string, number>()
  const moments: Alarm = { clock, schedule: createSchedule(), rearm: new AbortController() }
  const waits: Alarm = { clock: steady, schedule: createSchedule(), rearm: new AbortController() }
  const idle: (() => void)[] = []
  let running = false

  function add(key: string): void {
    if (processing.has(key)) again.add(key)
    else waiting.add(groupOf(key), key)
    idle.shift()?.()
  }

  function set({ clock: own, schedule, rearm }: Alarm, key: string, at: Instant): void {
    if (Number.isNaN(at)) throw new RangeError(`${key} is to be added at no time`)
    const sleepsUntil = schedule.next()
    schedule.put(key, at)
    // What is overdue sleeps on a timer from before the time of day was put forward, and would keep all others waiting.
    if (at < sleepsUntil || sleepsUntil <= own.now()) rearm.abort()
  }

  function addAfter(key: string, ms: number): void {
    set(waits, key, steady.now() + ms)
  }

  async function addWhatIsDue(alarm: Alarm, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      alarm.rearm = new AbortController()
      for (const key of alarm.schedule.takeDue(alarm.clock.now())) add(key)
      // Rejects when an earlier moment was put or the run ends: in both cases the loop looks again.
      await alarm.clock.sleepUntil(alarm.schedule.next(), alarm.rearm.signal).catch(() => undefined)
    }
  }

  async function work(reconcile: Reconcile, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const turn = waiting.take()
      if (!turn) {
        await new Promise<void>((resolve) => idle.push(resolve))
        continue
      }
      await process(turn.item, reconcile, signal)
      waiting.done(turn.group)
      // A key may want no I/O, and thousands of them would hold up all else.
      await otherWork()
    }
  }

  async function process(key: string, reconcile: Reconcile, signal: AbortSignal): Promise<void> {
    processing.add(key)
    try {
      await reconcile(key, signal)
      failures.delete(key)
    } catch (error) {
      if (signal.aborted) again.add(key)
      else retryLater(key, error)
    } finally {
      processing.delete(key)
      if (again.delete(key)) add(key)
    }
  }

  function retryLater(key: string, error: unknown): void {
    const failed = failures.get(key) ?? 0
    failures.set(key, failed + 1)
    const retryInMs = Math.min(Math.max(firstRetryMs * 2 ** failed, retryAfterMsOf(error) ?? 0), lastRetryMs)
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
      set(moments, key, at)
    },
    addAfter,
    async run(reconcile, { workers, signal }) {
      if (running) throw new Error('this workqueue is being run already')
      running = true
      const stop = () => {
        moments.rearm.abort()
        waits.rearm.abort()
        for (const wake of idle.splice(0)) wake()
      }
      signal.addEventListener('abort', stop, { once: true })
      try {
        const all = Array.from({ length: workers }, () => work(reconcile, signal))
        await Promise.all([addWhatIsDue(moments, signal), addWhatIsDue(waits, signal), ...all])
      } finally {
        signal.removeEventListener('abort', stop)
        running = false
      }
    },
  }
}
