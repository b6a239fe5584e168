import type { Clock, Instant } from '../clock/clock.ts'

/** The work that a queue has. */
export interface QueueLoad {
  /** The number of keys that wait or are in hand. */
  readonly depth: number
  /** The age of the oldest of them in ms; 0 without keys. */
  readonly oldestMs: number
}

/** The time since which each key waits or is in hand. */
export interface KeyAges {
  /** Notes that a key is to be worked on. Returns false if that was noted already. */
  begin(key: string): boolean
  /** Notes that the work on a key has ended. */
  end(key: string): void
  load(): QueueLoad
}

/** Starts without keys. The clock should be steady. */
export function createKeyAges(clock: Pick<Clock, 'now'>): KeyAges {
  // A Map keeps the order in which keys were added: the first is the oldest.
  const since = new Map<string, Instant>()
  return {
    begin(key) {
      if (since.has(key)) return false
      since.set(key, clock.now())
      return true
    },
    end(key) {
      since.delete(key)
    },
    load() {
      const [oldest] = since.values()
      return { depth: since.size, oldestMs: oldest === undefined ? 0 : Math.max(0, clock.now() - oldest) }
    },
  }
}
