import type { Instant, Milliseconds } from './duration.ts'

/**
 * The pattern of RFC 3339 as Kubernetes writes and reads it. It does not know how many days a month has. A CRD schema
 * uses it in place of `format: date-time`: with a format the API server also takes a list, and
 * `2026-11-22T08:00:00Zt-anything`.
 */
export const microTimePattern = String.raw`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`

const rfc3339 = new RegExp(microTimePattern)

/**
 * Returns an instant as Kubernetes' MicroTime: UTC, with exactly six digits. The API server refuses a MicroTime with
 * three digits, and Date gives only three.
 * @throws RangeError outside the years 0 to 9999
 */
export function toMicroTime(instant: Instant): string {
  // A double holds whole microseconds of our time exactly, but not fractions of a millisecond.
  const micros = Math.round(instant * 1_000)
  const millis = Math.floor(micros / 1_000)
  const text = new Date(millis).toISOString()
  // Date writes years outside of 0 to 9999 with a sign and six digits.
  if (!/^\d/.test(text)) throw new RangeError(`${text} is outside the years that RFC 3339 can write`)
  return `${text.slice(0, -1)}${String(micros - millis * 1_000).padStart(3, '0')}Z`
}

/**
 * Reads an RFC 3339 time as Kubernetes' Time and MicroTime have it, also with an offset or nanoseconds. Digits beyond
 * the microsecond are cut off.
 * @returns undefined if the text is not a time, as for February 30th
 */
export function fromMicroTime(text: string): Instant | undefined {
  const match = rfc3339.exec(text)
  if (match === null) return undefined
  const [, seconds = '', fraction = '', zone = ''] = match
  const whole = Date.parse(`${seconds}Z`)
  // Date.parse turns February 30th into March 2nd and takes 24:00:00; Kubernetes refuses both.
  if (Number.isNaN(whole) || !new Date(whole).toISOString().startsWith(seconds)) return undefined
  const micros = Number(fraction.slice(1, 7).padEnd(6, '0'))
  return whole + micros / 1_000 - offsetOf(zone)
}

/** Returns the offset of a zone such as `Z` or `+01:30`. */
function offsetOf(zone: string): Milliseconds {
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number)
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
