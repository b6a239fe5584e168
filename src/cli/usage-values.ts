import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../api/duration.ts'
import { parseQuantity } from '../api/quantity.ts'
import { printable } from '../api/printable.ts'

// RFC 1123. Checked here, as `..` or a slash in a name would lead to another path of the API server.
const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = new RegExp(`^${label}(\\.${label})*$`)
const maxNameLength = 253

/**
 * The name of an object, as in `kubectl get`, without a kind in front.
 * @throws InvalidArgumentError
 */
export function objectName(value: string): string {
  if (value.length <= maxNameLength && subdomain.test(value)) return value
  throw new InvalidArgumentError(
    `A name has lower case letters, digits, "-" and ".", and no kind in front; "${printable(value)}" is none.`,
  )
}

/**
 * A Go duration that is longer than nothing.
 * @throws InvalidArgumentError
 */
export function durationText(value: string): string {
  if ((parseDuration(value) ?? 0) > 0) return value
  throw new InvalidArgumentError(`A duration looks like 30m or 1h30m; "${printable(value)}" does not.`)
}

/**
 * Why somebody asks.
 * @throws InvalidArgumentError also for the `…` that stands for it in a denial
 */
export function reasonText(value: string): string {
  if (value.trim() !== '' && value !== '…') return value
  throw new InvalidArgumentError('Say why in your own words: approvers read it.')
}

/**
 * The digest of a request, or how it begins.
 * @throws InvalidArgumentError
 */
export function digestText(value: string): string {
  if (/^[0-9a-f]{12,64}$/.test(value)) return value
  throw new InvalidArgumentError('A digest has 12 to 64 of the characters 0-9 and a-f.')
}

/**
 * An amount of a resource.
 * @throws InvalidArgumentError
 */
export function quantityText(value: string): string {
  if (parseQuantity(value) !== undefined) return value
  throw new InvalidArgumentError(`A quantity looks like 500m or 1Gi; "${printable(value)}" does not.`)
}

/**
 * One more attribute of a request.
 * @param others those before it on the command line
 * @throws InvalidArgumentError
 */
export function attributeText(
  value: string,
  others: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, key, text] = /^([^=]{1,63})=(.*)$/s.exec(value) ?? []
  if (key === undefined || text === undefined) {
    throw new InvalidArgumentError(`An attribute looks like ticket=OPS-42; "${printable(value)}" does not.`)
  }
  if (Object.hasOwn(others, key)) throw new InvalidArgumentError(`The attribute "${printable(key)}" is given twice.`)
  return { ...others, [key]: text }
}

/**
 * Where a chain of audit events ended, as `audit verify` printed it.
 * @throws InvalidArgumentError
 */
export function chainHead(value: string): { readonly index: number; readonly hash: string } {
  const [, index, hash] = /^([1-9]\d{0,9}):([0-9a-f]{64})$/.exec(value) ?? []
  if (index !== undefined && hash !== undefined) return { index: Number(index), hash }
  throw new InvalidArgumentError('The end of a chain looks like 7:HASH, with 64 of the characters 0-9 and a-f.')
}
