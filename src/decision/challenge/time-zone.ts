import type { Instant, Milliseconds } from '../../api/duration.ts'

export const dayMs = 86_400_000

/** True if this Node's copy of the IANA database has the zone. */
export function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** An interval of time. `start` is included, and `end` is not. */
export interface Interval {
  readonly start: Instant
  readonly end: Instant
}

/** A time in which the clocks of a zone are not put forward or back. */
export interface Season extends Interval {
  /** The time on the clock on the wall, less UTC. */
  readonly offset: Milliseconds
}

/** The seasons of a zone within an interval, in order and without gaps. */
export function seasons(timeZone: string, { start, end }: Interval): readonly Season[] {
  const offsetAt = offsetReader(timeZone)
  const found: Season[] = []
  let current = { start, offset: offsetAt(start) }
  // A zone does not change its clocks twice within a day.
  for (let before = start; before < end; before += dayMs) {
    const after = Math.min(before + dayMs, end)
    const offset = offsetAt(after)
    if (offset === current.offset) continue
    const change = firstWith(offset, offsetAt, { start: before, end: after })
    found.push({ ...current, end: change })
    current = { start: change, offset }
  }
  return [...found, { ...current, end }]
}

/** The first instant, to the millisecond, at which the zone has this offset. At the end of the interval it has it. */
function firstWith(offset: Milliseconds, offsetAt: (at: Instant) => Milliseconds, { start, end }: Interval): Instant {
  let low = start
  let high = end
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === offset) high = middle
    else low = middle
  }
  return high
}

/** The time on the wall clock of a zone, given as the instant at which UTC shows the same time. */
export function wallClock(timeZone: string, at: Instant): Instant {
  return at + offsetReader(timeZone)(at)
}

// Node knows time zones only by Intl (Temporal is not in Node 24), and Intl can only write times.
function offsetReader(timeZone: string): (at: Instant) => Milliseconds {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (at) => {
    const second = Math.floor(at / 1_000) * 1_000
    const parts = new Map(format.formatToParts(second).map(({ type, value }) => [type, Number(value)]))
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? NaN
    const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
    return shown - second
  }
}
