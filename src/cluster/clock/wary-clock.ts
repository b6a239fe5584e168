import { clockOf, steadyClock, type Clock, type Instant } from './clock.ts'

/**
 * The time of day, for moments that were promised to somebody. Somebody may set it, by mistake or in order to prolong an access; or the
 * machine was suspended, and it is the time that has passed in between. So after a leap it is for some minutes both what it says and what
 * it would say without the leap: an access ends by the later of the two, and begins by the earlier.
 */
export interface WaryClock extends Clock {
  /** What ends does so by this: it is this late at most. */
  now(): Instant
  /** What begins does so by this: it is this late at least. */
  earliest(): Instant
}

export interface WaryClockOptions {
  readonly timeOfDay?: () => Instant
  readonly steady?: () => Instant
}

// A time that is kept right is set by milliseconds at once, and else slowed or hastened.
const leapMs = 1_000
// Long enough for the controller to end all that has ended meanwhile; then a time of day that was set right counts alone.
const believedAfterMs = 5 * 60_000
// How late what has ended is torn down, where the time was put forward. The gate asks at each call.
const lookEveryMs = 10_000

/** What the time of day is ahead of the steady clock, and since when (steady) it has been so. */
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
