import { retryAfterMsOf } from '../client/api-error.ts'

/** The wait of each key after a failure. It doubles with each failure in a row. */
export interface RetryDelays {
  /** Returns the wait in ms. It heeds what the API server asks for (Retry-After). */
  next(key: string, error: unknown): number
  /** Must be called when the key has succeeded. */
  forget(key: string): void
}

// One more look resolves a conflict, so the first retry comes at once, as in client-go.
const firstRetryMs = 5
// client-go goes on to 1000 s. Here someone waits for access, or for its end: one minute after a cause is repaired is
// late enough.
const lastRetryMs = 60_000

export function createRetryDelays(): RetryDelays {
  const failures = new Map<string, number>()
  return {
    next(key, error) {
      const failed = failures.get(key) ?? 0
      failures.set(key, failed + 1)
      return Math.min(Math.max(firstRetryMs * 2 ** failed, retryAfterMsOf(error) ?? 0), lastRetryMs)
    },
    forget(key) {
      failures.delete(key)
    },
  }
}
