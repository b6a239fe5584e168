import type { Instant, Milliseconds } from './duration.ts'

/**
 * RFC 3339 as Kubernetes writes and reads it, but for how many days a month has. Usable in a CRD schema, where it stands in for
 * `format: date-time`: what has a format the API server lets be a list as well, and also `2026-11-22T08:00:00Zt-anything`.
 */
export const microTimePattern = String.raw`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`

const rfc3339 = new RegExp(microTimePattern)

/**
 * An instant as Kubernetes' MicroTime: UTC, with exactly six digits. The API server refuses a MicroTime with three, which
 * is all that Date gives.
 * @throws RangeError outside the years 0 to 9999
 */
export function toMicroTime(instant: Instant): string {
  // Whole microseconds of our time are exact in a double; fractions of a millisecond are not.
  const micros = Math.round(instant * 1_000)
  const millis = Math.floor(micros / 1_000)
  const text = new Date(millis).toISOString()
  // Date writes other years with a sign and six digits.
  if (!/^\d/.test(text)) throw new RangeError(`${text} is outside the years that RFC 3339 can write`)
  return `${text.slice(0, -1)}${String(micros - millis * 1_000).padStart(3, '0')}Z`
}

/**
 * Reads an RFC 3339 time as Kubernetes' Time and MicroTime have it: also with an offset or nanoseconds, of which what is finer
 * than a microsecond is cut off.
 * @returns undefined where the text is no such time, such as February 30th
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

/** Of `Z`, or of `+01:30`. */
function offsetOf(zone: string): Milliseconds {
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number)
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
