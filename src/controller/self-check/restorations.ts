import type { Clock, Instant } from '../../cluster/clock/clock.ts'

interface RestorationsOptions {
  /** Must be steady. */
  readonly clock: Pick<Clock, 'now'>
  /** Between two looks. */
  readonly intervalMs: number
}

/** What was restored of each object of the installation, and came back: somebody else, such as a cloud, restores theirs. */
export interface Restorations {
  /** To be told of each write that restored these differences. */
  note(key: string, differences: readonly string[]): void
  /** To be told of those that were there again in the API server's answer to the write: that is a war from the first time. */
  noteUndone(key: string, differences: readonly string[]): void
  /** How often that of these differences which comes back most was restored of late; undefined while it is no war. */
  timesAtWar(key: string, differences: readonly string[]): number | undefined
  /** Whether some difference of the object was restored once more at war, and so is to be expected again. */
  isAtWar(key: string): boolean
  /** Whether to write now. At war each write waits longer than the one before; a new difference never waits. */
  mayWrite(key: string, differences: readonly string[]): boolean
}

// An administrator who tries something twice wages no war.
const peaceTimes = 3
// What did not come back for so long holds.
const memoryMs = 3_600_000
// While nobody restores it, the gate may be open: so no longer than it is open between two looks anyway, or this.
const longestPauseMs = 60_000

/** Begins in peace: each term of leading counts for itself. */
export function createRestorations({ clock, intervalMs }: RestorationsOptions): Restorations {
  const restored = new Map<string, ReadonlyMap<string, readonly Instant[]>>()
  const writeAt = new Map<string, Instant>()
  // Looks that are an hour apart must see that something comes back at each.
  const keptMs = Math.max(memoryMs, intervalMs * (peaceTimes + 1))

  function timesOf(key: string, difference: string): readonly Instant[] {
    const since = clock.now() - keptMs
    return (
      restored
        .get(key)
        ?.get(difference)
        ?.filter((at) => at > since) ?? []
    )
  }

  function timesAtWar(key: string, differences: readonly string[]): number | undefined {
    const most = Math.max(0, ...differences.map((one) => timesOf(key, one).length))
    return most >= peaceTimes ? most : undefined
  }

  function add(key: string, differences: readonly string[], count: number): void {
    const now = Array<Instant>(count).fill(clock.now())
    const before = [...(restored.get(key)?.keys() ?? [])].map((one) => [one, timesOf(key, one)] as const)
    const added = differences.map((one) => [one, [...timesOf(key, one), ...now]] as const)
    restored.set(key, new Map([...before.filter(([, times]) => times.length > 0), ...added]))
    const rounds = (timesAtWar(key, differences) ?? 0) - peaceTimes
    writeAt.set(key, clock.now() + Math.min(Math.max(longestPauseMs, intervalMs), intervalMs * 2 ** rounds))
  }

  return {
    note: (key, differences) => {
      add(key, differences, 1)
    },
    noteUndone: (key, differences) => {
      add(key, differences, timesAtWar(key, differences) === undefined ? peaceTimes : 1)
    },
    timesAtWar,
    isAtWar: (key) => (timesAtWar(key, [...(restored.get(key)?.keys() ?? [])]) ?? 0) > peaceTimes,
    mayWrite: (key, differences) => {
      const isOld = differences.every((one) => timesAtWar(key, [one]) !== undefined)
      return !isOld || clock.now() >= (writeAt.get(key) ?? -Infinity)
    },
  }
}
