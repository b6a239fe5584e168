import { parseDuration, type Instant } from '../../api/duration.ts'
import { fromMicroTime } from '../../api/micro-time.ts'

/**
 * Reads the time at which an access is to begin. It is RFC 3339 (`2026-11-22T08:00:00Z`), the time from now on (`+2h`),
 * or the clock of this machine (`14:30`). A clock time that is over today is that of tomorrow.
 * @returns undefined if the text is none of these
 */
export function startTime(text: string, now: Instant): Instant | undefined {
  if (!text.startsWith('+')) return fromMicroTime(text) ?? nextOnClock(text, now)
  const length = parseDuration(text.slice(1))
  return length === undefined ? undefined : now + length
}

function nextOnClock(text: string, now: Instant): Instant | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  if (hours === undefined || minutes === undefined) return undefined
  const today = new Date(now)
  const onDay = (days: number): Instant =>
    // The constructor counts days and hours on the wall, so that a change of the clocks does not shift them.
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, Number(hours), Number(minutes)).getTime()
  return onDay(0) > now ? onDay(0) : onDay(1)
}

/** Names the time zone of this machine, such as `Europe/Berlin`. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
