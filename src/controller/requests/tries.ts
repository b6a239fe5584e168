import type { Clock } from '../../cluster/clock/clock.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'

export interface TriesOptions<T> {
  readonly steady: Pick<Clock, 'now'>
  /** Has what is tried for a key looked at again, after so long. */
  readonly again: (key: string, afterMs: number) => void
  readonly isRefused: (result: T) => boolean
  /** How long what was not refused is not tried again while it stays the same. */
  readonly goodForMs: number
}

/**
 * What the API server said when something was tried. What it refused is tried again, later and later. A look does not try it anew:
 * beside pods that come and go there are many looks a second.
 */
export interface Tries<T> {
  /** @param what is tried: where it is another than before, it is tried at once */
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
        // Of several moments for one key a queue keeps the earliest, which may be that of another try before.
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
