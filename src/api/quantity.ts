/** An exact amount in billionths. Kubernetes, too, rounds finer amounts up. */
export type Nano = bigint

/**
 * The grammar of apimachinery without a minus, since amounts of `resources` are never below zero. A CRD schema may use
 * it.
 */
export const quantityPattern = '^[+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?$'

/**
 * The largest length of a quantity. It is longer than any sensible amount, and keeps the work small for hostile input.
 */
export const maxQuantityLength = 40

const quantity = new RegExp(quantityPattern)
const parts = /^[+]?([0-9]*)[.]?([0-9]*)(.*)$/

const nano = 9
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binary: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n }

// The API server would silently cut a larger amount to this one, and nobody meant that.
const largest = (2n ** 63n - 1n) * 10n ** BigInt(nano)

/**
 * Reads a Kubernetes quantity exactly: `1.5Gi`, `500m`, `1e3`, `.5`, `2`, or a number as YAML has it.
 * Returns undefined if the value is not a quantity, is below zero, or is more than Kubernetes can hold.
 */
export function parseQuantity(value: string | number): Nano | undefined {
  const text = String(value)
  if (text.length > maxQuantityLength || !quantity.test(text)) return undefined
  const [, whole = '', fraction = '', suffix = ''] = parts.exec(text) ?? []
  const shift = binary[suffix]
  const digits = BigInt(whole + fraction) << (shift ?? 0n)
  const amount = timesTen(digits, nano - fraction.length + (shift === undefined ? tens(suffix) : 0))
  return amount > largest ? undefined : amount
}

/** Returns the power of ten of a suffix: `E` without digits is exa, and `E3` is a thousand. */
function tens(suffix: string): number {
  return decimal[suffix] ?? Number(suffix.slice(1))
}

function timesTen(digits: bigint, exponent: number): bigint {
  if (exponent >= 0) return digits * 10n ** BigInt(exponent)
  const divisor = 10n ** BigInt(-exponent)
  return (digits + divisor - 1n) / divisor
}
