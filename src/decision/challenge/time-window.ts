import type { Instant, Milliseconds } from '../../api/duration.ts'
import { weekdays, type TimeWindow } from '../../api/kinds/challenge.ts'
import { say } from '../text/sentence.ts'
import { dayMs, seasons, wallClock, type Interval, type Season } from './time-zone.ts'

// The steps and the end of the search for an opening. Zones may change their clocks on different days. Then their
// windows may meet only in some weeks.
const stepMs = 30 * dayMs
const horizonMs = 400 * dayMs

/**
 * Returns the time in which all the windows are open together, at `from` or next. `start` is `from` if they are open
 * already. `end` is Infinity if they never close. Undefined if they are never open together.
 *
 * A window is open while the clock on the wall shows its hours. So an hour that is skipped does not open it. An hour
 * that comes twice opens it twice.
 */
export function nextOpening(windows: readonly TimeWindow[], from: Instant): Interval | undefined {
  if (windows.length === 0) return { start: from, end: Infinity }
  for (let start = from; start < from + horizonMs; start += stepMs) {
    // Two steps at a time. Each window closes in some hour of a week, or never. So an opening longer than a step never
    // closes.
    const end = start + 2 * stepMs
    const [first] = windows.map((window) => openings(window, { start, end })).reduce(intersection)
    if (first && first.start < start + stepMs)
      return { start: first.start, end: first.end < end ? first.end : Infinity }
  }
  return undefined
}

/** The time in words, on the clock of the window's zone: `Mon 2026-11-23 09:00 in Europe/Berlin`. */
export function inZone({ timeZone }: TimeWindow, at: Instant): string {
  const { day, date, time } = shownIn(timeZone, at)
  return `${day} ${date} ${time} in ${timeZone}`
}

/** Says in a few words when a window opens: `Mon 09:00`, or `2026-12-24 09:00` if that is not this week. */
export function inZoneBriefly({ timeZone }: TimeWindow, at: Instant, from: Instant): string {
  const { day, date, time } = shownIn(timeZone, at)
  return `${at - from < 6 * dayMs ? day : date} ${time}`
}

/** The parts that a clock and a calendar in this zone show. */
function shownIn(
  timeZone: string,
  at: Instant,
): { readonly day: string; readonly date: string; readonly time: string } {
  const shown = new Date(wallClock(timeZone, at))
  const [date = '', time = ''] = shown.toISOString().split('T')
  return { day: weekdays[shown.getUTCDay()] ?? '', date, time: time.slice(0, 5) }
}

/** Says in a few words when a window is open: `Mon-Fri 09:00-18:00 Europe/Berlin`. */
export function windowBriefly({ days = [], from, to, timeZone }: TimeWindow): string {
  const places = weekFromMonday.flatMap((name, place) => (days.includes(name) ? [place] : []))
  const [first = 0, last = 0] = [places[0], places.at(-1)]
  const isRange = places.length > 2 && last - first === places.length - 1
  const named = places.map((place) => weekFromMonday[place] ?? '')
  const shown = isRange ? [`${named[0] ?? ''}-${named.at(-1) ?? ''}`] : named.length > 0 ? [named.join(',')] : []
  return [...shown, `${from}-${to}`, say`${timeZone}`].join(' ')
}

const weekFromMonday = [...weekdays.slice(1), ...weekdays.slice(0, 1)]

/** The intervals in which a window is open, in order. Two that touch are joined. */
function openings(window: TimeWindow, within: Interval): readonly Interval[] {
  const found = seasons(window.timeZone, within).flatMap((season) => inSeason(window, season))
  return found.reduce<readonly Interval[]>((before, next) => {
    const last = before.at(-1)
    return last?.end === next.start ? [...before.slice(0, -1), { start: last.start, end: next.end }] : [...before, next]
  }, [])
}

function inSeason({ from, to, days = [...weekdays] }: TimeWindow, { start, end, offset }: Season): readonly Interval[] {
  const length = (timeOfDay(to) - timeOfDay(from) + dayMs) % dayMs || dayMs
  const found: Interval[] = []
  // A window that opened the day before may still be open.
  const firstDay = Math.floor((start + offset) / dayMs) - 1
  for (let day = firstDay; day * dayMs < end + offset; day += 1) {
    if (!days.some((name) => name === weekdays[new Date(day * dayMs).getUTCDay()])) continue
    const opens = day * dayMs + timeOfDay(from) - offset
    const open = { start: Math.max(opens, start), end: Math.min(opens + length, end) }
    if (open.start < open.end) found.push(open)
  }
  return found
}

function timeOfDay(text: string): Milliseconds {
  const [hours = NaN, minutes = NaN] = text.split(':').map(Number)
  return (hours * 60 + minutes) * 60_000
}

function intersection(one: readonly Interval[], other: readonly Interval[]): readonly Interval[] {
  return one.flatMap((a) =>
    other.flatMap((b) => {
      const both = { start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) }
      return both.start < both.end ? [both] : []
    }),
  )
}
