import { parseDuration, type Milliseconds } from '../../../api/duration.ts'
import type { Reader } from '../read/reader.ts'

const shortestMs = 1_000
const longestMs = 8_760 * 3_600_000

/**
 * Reads the duration of a request. Zero means the template's default, so that the new request has none.
 */
export function askedDuration(spec: Reader, field: string): { readonly duration?: string } {
  const text = spec.text(field)
  if (text === undefined || text === '' || parseDuration(text) === 0) return {}
  return inRange(spec, field, text) === undefined ? {} : { duration: text }
}

/** Reads the default and the longest duration of a template. */
export function offeredDuration(
  spec: Reader,
  fields: { readonly default: string; readonly max: string },
  byDefault: { readonly default?: string; readonly max?: string } = {},
): { readonly default: string; readonly max: string } {
  const read = (name: 'default' | 'max'): string =>
    spec.text(fields[name]) ?? byDefault[name] ?? spec.need(fields[name])
  const [standard, max] = [read('default'), read('max')]
  const [standardMs, maxMs] = [inRange(spec, fields.default, standard), inRange(spec, fields.max, max)]
  if (standardMs === undefined || maxMs === undefined || standardMs <= maxMs) return { default: standard, max }
  spec.tell(fields.default, {
    effect: 'Differs',
    why: `it is longer than ${fields.max}, which Sallyport refuses; it became ${max}`,
  })
  return { default: max, max }
}

function inRange(spec: Reader, field: string, text: string): Milliseconds | undefined {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= shortestMs && ms <= longestMs) return ms
  spec.refuse(field, 'Sallyport takes durations from 1s to 8760h, such as 30m or 1h30m', 'Write it so')
  return undefined
}
