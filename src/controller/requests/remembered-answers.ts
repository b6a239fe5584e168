import { createBackoff, type Backoff } from '../../cluster/queue/backoff.ts'
import type { Clock, Instant } from '../../cluster/clock/clock.ts'
import type { Answer } from '../../decision/challenge/judge.ts'

/** The question to one validator about one request, and its answer. */
export interface RememberedQuestion {
  readonly backoff: Backoff
  answer?: Answer
  isAsking: boolean
  /** The earliest time of the next question. */
  notBefore: Instant
}

/** The answers of all validators about one request. */
export interface Remembered {
  /** The digest of the request, its target and the template. Under another digest, nothing is known. */
  readonly digest: string
  /** The questions, by the names of the validators. */
  readonly asked: Map<string, RememberedQuestion>
}

export interface RememberedAnswers {
  /** Returns the memory of the request under this key, as it has this digest. */
  recall(key: string, digest: string): Remembered
  askedOf(memory: Remembered, validator: string): RememberedQuestion
  /** True if nothing has replaced this memory. */
  isCurrent(key: string, memory: Remembered): boolean
  forget(key: string): boolean
}

// The pauses are short, because somebody waits.
const backoff = { initialMs: 1_000, capMs: 10_000, resetAfterMs: 600_000 } as const

export function createRememberedAnswers(time: {
  readonly steady: Pick<Clock, 'now'>
  readonly random: () => number
}): RememberedAnswers {
  const remembered = new Map<string, Remembered>()
  return {
    recall(key, digest) {
      const known = remembered.get(key)
      if (known?.digest === digest) return known
      const fresh = { digest, asked: new Map<string, RememberedQuestion>() }
      remembered.set(key, fresh)
      return fresh
    },
    askedOf({ asked }, validator) {
      const known = asked.get(validator)
      if (known) return known
      const { steady, random } = time
      const fresh = { backoff: createBackoff({ ...backoff, clock: steady, random }), isAsking: false, notBefore: 0 }
      asked.set(validator, fresh)
      return fresh
    },
    isCurrent: (key, memory) => remembered.get(key) === memory,
    forget: (key) => remembered.delete(key),
  }
}
