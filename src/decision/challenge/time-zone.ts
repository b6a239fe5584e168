import type { Instant, Milliseconds } from '../../api/duration.ts'

export const dayMs = 86_400_000

/** Whether this Node's copy of the IANA database has the zone. */
export function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** From `start`, included, to `end`, excluded. */
export interface Interval {
  readonly start: Instant
  readonly end: Instant
}

/** A time in which the clocks of a zone are not put forward or back. */
export interface Season extends Interval {
  /** What the clock on the wall shows, less UTC. */
  readonly offset: Milliseconds
}

/** The seasons of a zone within an interval, in order and without gaps. */
export function seasons(timeZone: string, { start, end }: Interval): readonly Season[] {
  const offsetAt = offsetReader(timeZone)
  const found: Season[] = []
  let current = { start, offset: offsetAt(start) }
  // No zone changes its clocks twice within a day.
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

/** The first instant, to the millisecond, of an interval at whose end the offset is this. */
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

/** What a clock on the wall of that zone shows, as the instant at which UTC shows it. */
export function wallClock(timeZone: string, at: Instant): Instant {
  return at + offsetReader(timeZone)(at)
}

// Intl is all that Node has of time zones (Temporal is not in Node 24), and it only writes.
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
