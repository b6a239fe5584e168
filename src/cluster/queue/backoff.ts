import type { Clock, Instant } from '../clock/clock.ts'

/** Tells how long to wait before the next try. */
export interface Backoff {
  /**
   * Returns the milliseconds to wait after the failure that just happened. Each call doubles the upper limit of the
   * next.
   * @param atLeastMs the wait that the server asked for (Retry-After); the result is never shorter
   */
  next(atLeastMs?: number): number
}

export interface BackoffOptions {
  readonly initialMs: number
  readonly capMs: number
  /** A failure that comes this long after the last wait ended starts again at `initialMs`. */
  readonly resetAfterMs: number
  readonly clock: Pick<Clock, 'now'>
  /** Returns a number from 0 up to, not including, 1. */
  readonly random: () => number
}

/**
 * The waits for lists and watches, as in client-go. After a restart, an API server must not get all clients in its
 * first second: 0.8 s. No client may stay blind for long after the server is back: 30 s. After two minutes without a
 * failure, the old problem is over.
 */
export const watchBackoff = { initialMs: 800, capMs: 30_000, resetAfterMs: 120_000 } as const

/**
 * Makes an exponential backoff with full jitter: a wait may be anything from zero to the upper limit. Clients that lost
 * the same server at the same moment would otherwise come back together, and again after each failure.
 */
export function createBackoff({ initialMs, capMs, resetAfterMs, clock, random }: BackoffOptions): Backoff {
  let upperMs = initialMs
  let waitedUntil: Instant = -Infinity
  return {
    next(atLeastMs = 0) {
      const now = clock.now()
      if (now - waitedUntil >= resetAfterMs) upperMs = initialMs
      const delay = Math.max(random() * upperMs, atLeastMs)
      upperMs = Math.min(upperMs * 2, capMs)
      waitedUntil = now + delay
      return delay
    },
  }
}
