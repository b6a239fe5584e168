import type { Clock } from '../../cluster/clock/clock.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'

export interface TriesOptions<T> {
  readonly steady: Pick<Clock, 'now'>
  /** Has a key looked at again after this time. */
  readonly again: (key: string, afterMs: number) => void
  readonly isRefused: (result: T) => boolean
  /** The time for which an accepted attempt is not repeated, while it stays the same. */
  readonly goodForMs: number
}

/**
 * The API server's answers to attempts. A refused attempt is tried again, later and later. A look does not try it anew:
 * pods that come and go cause many looks a second.
 */
export interface Tries<T> {
  /**
   * Returns the result of an attempt.
   * @param what the subject of the attempt: if it has changed, it is tried at once
   */
  result(key: string, what: unknown, attempt: () => Promise<T>): Promise<T>
  /** Must be called once nothing is to be tried under a key any more. */
  forget(key: string): void
}

interface TryOutcome<T> {
  readonly what: string
  readonly result: T
  readonly isRefused: boolean
  readonly pauseMs: number
  readonly until: number
}

const firstPauseMs = 1_000
const lastPauseMs = 60_000

export function createTries<T>({ steady, again, isRefused, goodForMs }: TriesOptions<T>): Tries<T> {
  const tried = new Map<string, TryOutcome<T>>()

  function note(key: string, what: string, result: T): void {
    const refused = isRefused(result)
    const pauseMs = refused ? pauseAfter(tried.get(key)) : goodForMs
    if (pauseMs === 0) {
      tried.delete(key)
      return
    }
    tried.set(key, { what, result, isRefused: refused, pauseMs, until: steady.now() + pauseMs })
    again(key, pauseMs)
  }

  return {
    async result(key, value, attempt) {
      const what = canonicalJson(value)
      const before = tried.get(key)
      if (before?.what === what && steady.now() < before.until) {
        // The queue keeps only the earliest time for a key, and that may come from an earlier attempt.
        again(key, before.until - steady.now())
        return before.result
      }
      const result = await attempt()
      note(key, what, result)
      return result
    },
    forget: (key) => {
      tried.delete(key)
    },
  }
}

function pauseAfter(before: TryOutcome<unknown> | undefined): number {
  return before?.isRefused ? Math.min(before.pauseMs * 2, lastPauseMs) : firstPauseMs
}
