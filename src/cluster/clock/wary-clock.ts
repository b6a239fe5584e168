import { clockOf, steadyClock, type Clock, type Instant } from './clock.ts'

/**
 * The time of day, for moments that were promised to users. Someone may set it, by mistake or to prolong an access. Or
 * the machine was suspended, and the leap is the time that has passed. So for some minutes after a leap two times
 * count: the one on the clock, and the one without the leap. An access ends by the later of the two, and begins by the
 * earlier.
 */
export interface WaryClock extends Clock {
  /** The latest time it may be. Use it for expiry. */
  now(): Instant
  /** The earliest time it may be. Use it for beginnings. */
  earliest(): Instant
}

export interface WaryClockOptions {
  readonly timeOfDay?: () => Instant
  readonly steady?: () => Instant
}

// Time synchronisation steps the time by milliseconds at most; it corrects larger errors slowly.
const leapMs = 1_000
// By then the controller has ended all accesses that have expired meanwhile. After that, only the new time of day
// counts.
const believedAfterMs = 5 * 60_000
// The longest delay of a teardown after the time was put forward. The gate asks at each call.
const lookEveryMs = 10_000

/** The lead of the time of day over the steady clock, and the steady time since which it has this value. */
interface Offset {
  readonly ms: number
  readonly since: Instant
}

export function createWaryClock(options: WaryClockOptions = {}): WaryClock {
  const { timeOfDay = () => Date.now(), steady = () => steadyClock.now() } = options
  let believed = timeOfDay() - steady()
  let leap: Offset | undefined

  function look(): { readonly says: Instant; readonly was: Instant } {
    const [says, since] = [timeOfDay(), steady()]
    const ms = says - since
    if (Math.abs(ms - believed) < leapMs) {
      believed = ms
      leap = undefined
    } else if (!leap || Math.abs(ms - leap.ms) >= leapMs) leap = { ms, since }
    else if (since - leap.since >= believedAfterMs) {
      believed = ms
      leap = undefined
    }
    return { says, was: since + believed }
  }

  const latest = (): Instant => {
    const { says, was } = look()
    return Math.max(says, was)
  }
  return {
    ...clockOf(latest, lookEveryMs),
    earliest: () => {
      const { says, was } = look()
      return Math.min(says, was)
    },
  }
}
