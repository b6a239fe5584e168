import type { Instant } from '../../api/duration.ts'

export type { Instant }

/** The source of the time. Tests pass in their own. */
export interface Clock {
  now(): Instant
  /**
   * Resolves at `at` or later by `now()`, never earlier. Infinity sleeps until the abort.
   *
   * Rejects with the signal's reason as soon as it aborts, also if `at` has passed already. So the code after a sleep
   * never runs once the work was called off, and no caller can forget to ask. Leaves no timer behind.
   * @throws RangeError if `at` is NaN
   */
  sleepUntil(at: Instant, signal: AbortSignal): Promise<void>
}

// setTimeout takes at most 2^31 - 1 ms (24.8 days); a longer one fires at once.
const longestTimerMs = 3_600_000

/**
 * Starts with the time of day when the process started, and is never set afterwards. Use it to measure how long ago
 * something was. A lease that is held by the time of day is held too long when that is put back.
 */
export const steadyClock: Clock = clockOf(() => performance.timeOrigin + performance.now())

/**
 * Makes a clock that can sleep.
 * @param lookEveryMs how late a sleeper may wake after the time was put forward: its timer does not know that
 */
export function clockOf(now: () => Instant, lookEveryMs = longestTimerMs): Clock {
  return {
    now,
    async sleepUntil(at, signal) {
      if (Number.isNaN(at)) throw new RangeError('sleepUntil was given no time')
      signal.throwIfAborted()
      // A timer may fire a millisecond early by this clock: so look again instead of trusting it.
      for (let left = at - now(); left > 0; left = at - now()) {
        await timer(Math.min(Math.ceil(left), lookEveryMs), signal)
      }
    },
  }
}

/**
 * Sleeps for some ms. node:timers/promises rejects with its own AbortError; this one rejects with the caller's reason.
 */
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
