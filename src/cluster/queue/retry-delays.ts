import { retryAfterMsOf } from '../client/api-error.ts'

/** How long each key waits after a failure: twice as long after each in a row. */
export interface RetryDelays {
  /** In ms; what the API server asks for (Retry-After) is heeded. */
  next(key: string, error: unknown): number
  /** Must be called once the key has not failed. */
  forget(key: string): void
}

// A conflict is gone after one more look, so the first retry comes at once, as in client-go.
const firstRetryMs = 5
// client-go goes on to 1000 s. Here somebody waits for access, or for its end: a minute after a cause is repaired is enough.
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
