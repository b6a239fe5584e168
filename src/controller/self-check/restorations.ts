import type { Clock, Instant } from '../../cluster/clock/clock.ts'

interface RestorationsOptions {
  /** The clock must be steady. */
  readonly clock: Pick<Clock, 'now'>
  /** The time between two looks at everything. */
  readonly intervalMs: number
}

/**
 * The differences that were restored in each object of the installation, and came back. Somebody else, such as a cloud,
 * restores theirs.
 */
export interface Restorations {
  /** Must be told each write that restored these differences. */
  note(key: string, differences: readonly string[]): void
  /**
   * Must be told the differences that the API server's answer to the write still has. That is a war from the first
   * time.
   */
  noteUndone(key: string, differences: readonly string[]): void
  /** Returns how often the difference that comes back most was restored lately. Undefined in peace. */
  timesAtWar(key: string, differences: readonly string[]): number | undefined
  /** True if some difference of the object was restored once more at war. It must be expected again. */
  isAtWar(key: string): boolean
  /** True if it is time to write. At war each write waits longer than the one before. A new difference never waits. */
  mayWrite(key: string, differences: readonly string[]): boolean
  /** Returns the time from which an old difference of the object may be written again. */
  writableAt(key: string): Instant
}

// An administrator who tries something twice does not wage a war.
const peaceTimes = 2
// A restoration that lasted for so long holds.
const memoryMs = 3_600_000
// The gate may be open during a pause. Without one, two parties that watch each other would write without end.
const firstPauseMs = 1_000
const longestPauseMs = 10_000

/** Makes the memory. It begins in peace: each term of leading counts for itself. */
export function createRestorations({ clock, intervalMs }: RestorationsOptions): Restorations {
  const restored = new Map<string, ReadonlyMap<string, readonly Instant[]>>()
  const writeAt = new Map<string, Instant>()
  // Looks that are an hour apart must still see that something comes back at each.
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
    writeAt.set(key, clock.now() + Math.min(longestPauseMs, firstPauseMs * 2 ** rounds))
  }

  const writableAt = (key: string): Instant => writeAt.get(key) ?? -Infinity

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
      return !isOld || clock.now() >= writableAt(key)
    },
    writableAt,
  }
}
