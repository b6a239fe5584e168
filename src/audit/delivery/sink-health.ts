import type { Instant } from '../../cluster/clock/clock.ts'
import { createBackoff, type BackoffOptions } from '../../cluster/queue/backoff.ts'

// Few enough for a small receiver, enough for some thousand events a second.
const mostAtOnce = 16
// One failure may come from an event that the sink cannot take. This many in a row come from the sink.
const failuresOfSink = 8

/** Tells whether a sink takes events. A sink that takes none gets one at a time, with pauses that grow. */
export interface SinkHealth {
  failed(): void
  /** Returns true if the sink counted as away. */
  worked(): boolean
  atOnce(): number
  pausedUntil(): Instant
}

export function createSinkHealth(options: BackoffOptions): SinkHealth {
  let backoff = createBackoff(options)
  let failures = 0
  let pausedUntil: Instant = -Infinity
  const isAway = (): boolean => failures >= failuresOfSink
  return {
    failed() {
      failures++
      // Many failures at once make one pause, not many.
      const now = options.clock.now()
      if (isAway() && now >= pausedUntil) pausedUntil = now + backoff.next()
    },
    worked() {
      const wasAway = isAway()
      failures = 0
      pausedUntil = -Infinity
      if (wasAway) backoff = createBackoff(options)
      return wasAway
    },
    atOnce: () => (isAway() ? 1 : mostAtOnce),
    pausedUntil: () => pausedUntil,
  }
}
