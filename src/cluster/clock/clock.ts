import type { Instant } from '../../api/duration.ts'

export type { Instant }

/** Where the time comes from; tests hand in one of their own. */
export interface Clock {
  now(): Instant
  /**
   * Resolves at `at` or later by `now()`, never earlier. Infinity sleeps until the abort.
   *
   * Rejects with the signal's reason as soon as it aborts, also where `at` has passed already: what stands after a sleep never
   * runs once the work was called off, and no caller can forget to ask. Leaves no timer behind.
   * @throws RangeError where `at` is NaN
   */
  sleepUntil(at: Instant, signal: AbortSignal): Promise<void>
}

// setTimeout takes 2^31 - 1 ms (24.8 days); more fires at once.
const longestTimerMs = 3_600_000

/**
 * Counts from the time of day at which the process started and is never set: for how long ago something was. A lease that
 * is held by the time of day is held too long when that is put back.
 */
export const steadyClock: Clock = clockOf(() => performance.timeOrigin + performance.now())

/** @param lookEveryMs how late a sleeper may wake where the time was put forward meanwhile: its timer knows nothing of that */
export function clockOf(now: () => Instant, lookEveryMs = longestTimerMs): Clock {
  return {
    now,
    async sleepUntil(at, signal) {
      if (Number.isNaN(at)) throw new RangeError('sleepUntil was given no time')
      signal.throwIfAborted()
      // A timer may fire a millisecond before the clock has got there: look again instead of trusting it.
      for (let left = at - now(); left > 0; left = at - now()) {
        await timer(Math.min(Math.ceil(left), lookEveryMs), signal)
      }
    },
  }
}

/** node:timers/promises rejects with an AbortError of its own; here the reason is what the caller gave. */
function timer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timeout)
      reject(abortReason(signal))
    }
    const timeout = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException(String(signal.reason), 'AbortError')
}
