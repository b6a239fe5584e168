import type { Clock, Instant } from '../clock/clock.ts'
import { createSchedule } from './schedule.ts'

/** Tells when the moment of each key has come, by one clock. */
export interface Alarm {
  /** Sets a moment. If a key gets several moments, the earliest counts. @throws RangeError if `at` is NaN */
  set(key: string, at: Instant): void
  /** Calls back with each key when it is due, until the signal has aborted and `wake` was called. */
  run(onDue: (key: string) => void, signal: AbortSignal): Promise<void>
  /** Makes a run look again at once. */
  wake(): void
}

export function createAlarm(clock: Clock): Alarm {
  const schedule = createSchedule()
  // Interrupts the sleep until the next moment.
  let rearm = new AbortController()
  return {
    set(key, at) {
      if (Number.isNaN(at)) throw new RangeError(`${key} is to be added at no time`)
      const sleepsUntil = schedule.next()
      schedule.put(key, at)
      // If the time of day was put forward, an overdue key still sleeps on its old timer. It would keep all others
      // waiting.
      if (at < sleepsUntil || sleepsUntil <= clock.now()) rearm.abort()
    },
    async run(onDue, signal) {
      while (!signal.aborted) {
        rearm = new AbortController()
        schedule.takeDue(clock.now()).forEach(onDue)
        // Rejects when an earlier moment was set or the run ends: in both cases the loop looks again.
        await clock.sleepUntil(schedule.next(), rearm.signal).catch(() => undefined)
      }
    },
    wake() {
      rearm.abort()
    },
  }
}
