import type { Clock, Instant } from '../clock/clock.ts'

/** How long to wait before the next try. */
export interface Backoff {
  /**
   * Milliseconds to wait after the failure that just happened; each call doubles the upper end of the next.
   * @param atLeastMs what the server asked for (Retry-After); never undercut
   */
  next(atLeastMs?: number): number
}

export interface BackoffOptions {
  readonly initialMs: number
  readonly capMs: number
  /** A failure that comes this long after the last wait ended is a new story and starts at `initialMs`. */
  readonly resetAfterMs: number
  readonly clock: Pick<Clock, 'now'>
  /** From 0 up to, not including, 1. */
  readonly random: () => number
}

/**
 * For lists and watches, as client-go has it. 0.8 s: an API server that restarts is not met by all its clients within its first
 * second. 30 s: nobody stays blind for long after it is back. Two minutes without a failure: what failed then is over.
 */
export const watchBackoff = { initialMs: 800, capMs: 30_000, resetAfterMs: 120_000 } as const

/**
 * Exponential, with full jitter: anything from nothing to the upper end. Clients that lost the same server at the same moment
 * would otherwise come back at the same moment, too, and again after each failure.
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
