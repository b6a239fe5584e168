import type { Instant } from '../../cluster/clock/clock.ts'
import { createBackoff, type BackoffOptions } from '../../cluster/queue/backoff.ts'

// Few enough for a small receiver, enough for some thousand events a second.
const mostAtOnce = 16
// One that fails may be an event that the sink cannot take; so many with none between are the sink.
const failuresOfSink = 8

/** Whether a sink takes events: one that takes none gets one at a time, with pauses that grow. */
export interface SinkHealth {
  failed(): void
  /** True where it had been taken for away. */
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
      // Of many that fail at once one pause comes, not many.
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
