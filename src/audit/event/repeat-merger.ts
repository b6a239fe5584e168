/** Holds items for a moment. Equal items within it are told once, with their number. */
export interface RepeatMerger<T> {
  record(one: T): void
  /** Tells the items that are still held. Call it at the end. */
  flush(): void
}

export interface Repeats<T> {
  readonly count: number
  /** The repetitions, up to a limit: thousands are counted, not listed. */
  readonly others: readonly T[]
}

interface HeldRepeats<T> {
  readonly first: T
  readonly timer: NodeJS.Timeout
  readonly others: T[]
  count: number
}

const mergeMs = 1_000
const maxOthers = 16

export function createRepeatMerger<T>(how: {
  /** Returns the same text for all items that are one. */
  readonly sameness: (one: T) => string
  readonly tell: (first: T, repeats: Repeats<T>) => void
}): RepeatMerger<T> {
  const held = new Map<string, HeldRepeats<T>>()

  function release(key: string): void {
    const one = held.get(key)
    if (!one) return
    held.delete(key)
    clearTimeout(one.timer)
    how.tell(one.first, one)
  }

  return {
    record(one) {
      const key = how.sameness(one)
      const before = held.get(key)
      if (before) {
        before.count++
        if (before.others.length < maxOthers) before.others.push(one)
        return
      }
      held.set(key, { first: one, timer: setTimeout(release, mergeMs, key), others: [], count: 1 })
    },
    flush() {
      for (const key of [...held.keys()]) release(key)
    },
  }
}
