import { setImmediate as turn } from 'node:timers/promises'
import type { Clock, Instant } from '../../../src/cluster/clock/clock.ts'

export interface FakeClock extends Clock {
  /**
   * Lets time pass. Sleepers wake in their order, each at its own moment. All that one sets off is done before the next
   * wakes.
   */
  advance(ms: number): Promise<void>
  /** Returns how many sleep now. */
  sleepers(): number
}

/** Creates a clock that stands still until a test moves it. */
export function createFakeClock(start: Instant = 0): FakeClock {
  let now = start
  const sleeping = new Set<{ readonly at: Instant; readonly wake: () => void }>()

  return {
    now: () => now,
    async sleepUntil(at, signal) {
      signal.throwIfAborted()
      if (at <= now) return
      await new Promise<void>((resolve, reject) => {
        const sleeper = { at, wake: resolve }
        sleeping.add(sleeper)
        signal.addEventListener('abort', () => {
          sleeping.delete(sleeper)
          reject(new Error('called off'))
        })
      })
    },
    async advance(ms) {
      const end = now + ms
      await turn()
      for (;;) {
        const [first] = [...sleeping].sort((a, b) => a.at - b.at)
        if (first === undefined || first.at > end) break
        sleeping.delete(first)
        now = Math.max(now, first.at)
        first.wake()
        await turn()
      }
      now = end
    },
    sleepers: () => sleeping.size,
  }
}
