export type Milliseconds = number

/** A time in milliseconds since 1970, possibly with a fraction. It becomes Kubernetes text only at the edge. */
export type Instant = number

const unitInMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5 and U+03BC look alike; Go accepts both
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/**
 * Go's grammar of durations, without a sign: pairs of a number and a unit, as `1h30m` or `1.5h`. A CRD schema may use
 * it.
 */
export const durationPattern = '^(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$'

// Longer than any sensible duration. It keeps the pattern's work small for hostile input.
const maxLength = 64
const duration = new RegExp(durationPattern)
const part = /([0-9.]+)(ns|us|µs|μs|ms|s|m|h)/g

/**
 * Reads a Go duration (`time.ParseDuration`) such as `1h30m`. No npm package has this grammar.
 * @returns milliseconds, or undefined if the text is not a duration or is a negative one.
 */
export function parseDuration(text: string): Milliseconds | undefined {
  if (text === '0') return 0
  if (text.length > maxLength || !duration.test(text)) return undefined
  let total = 0
  for (const [, number = '', unit = ''] of text.matchAll(part)) total += Number(number) * (unitInMs[unit] ?? NaN)
  return Number.isFinite(total) ? total : undefined
}
