import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../../api/duration.ts'
import type { StringMap } from '../../api/fields.ts'
import { parseQuantity } from '../../api/quantity.ts'
import { printable } from '../../api/printable.ts'
import { startTime } from '../request/start-time.ts'

// RFC 1123. It is checked here because `..` or a slash in a name would lead to another path of the API server.
const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = new RegExp(`^${label}(\\.${label})*$`)
const maxNameLength = 253

/**
 * Checks the name of an object, as in `kubectl get`, without a kind in front.
 * @throws InvalidArgumentError
 */
export function objectName(value: string): string {
  if (value.length <= maxNameLength && subdomain.test(value)) return value
  throw new InvalidArgumentError(
    `"${printable(value)}" is not a name. ` +
      'Use lower case letters, digits, "-" and ".", and no kind in front, as in web-0.',
  )
}

const requestKinds = /^(areqs?|accessrequests?(\.access\.sallyport\.dev)?)\//

/**
 * Checks the name of a request. It may stand behind its kind, as `kubectl get areq -o name` prints it.
 * @throws InvalidArgumentError
 */
export function requestName(value: string): string {
  return objectName(value.replace(requestKinds, ''))
}

/**
 * Checks a message of a verdict.
 * @throws InvalidArgumentError
 */
export function messageText(value: string): string {
  if (value.trim() !== '') return value
  throw new InvalidArgumentError('Say it in your own words: the requestor reads it.')
}

/**
 * Checks a Go duration. It must be above zero.
 * @throws InvalidArgumentError
 */
export function durationText(value: string): string {
  if ((parseDuration(value) ?? 0) > 0) return value
  throw new InvalidArgumentError(`"${printable(value)}" is not a duration. Write it like 30m or 1h30m.`)
}

/**
 * Checks the reason of a request.
 * @throws InvalidArgumentError
 */
export function reasonText(value: string): string {
  if (value.trim() !== '') return value
  throw new InvalidArgumentError('Say why in your own words: approvers read it.')
}

/**
 * Checks the digest of a request, or the beginning of it.
 * @throws InvalidArgumentError
 */
export function digestText(value: string): string {
  if (/^[0-9a-f]{12,64}$/.test(value)) return value
  throw new InvalidArgumentError('A digest has 12 to 64 of the characters 0-9 and a-f. Leave --digest out to see it.')
}

/**
 * Checks an amount of a resource.
 * @throws InvalidArgumentError
 */
export function quantityText(value: string): string {
  if (parseQuantity(value) !== undefined) return value
  throw new InvalidArgumentError(`"${printable(value)}" is not a quantity. Write it like 500m or 1Gi.`)
}

/**
 * Checks the time at which an access is to begin.
 * @throws InvalidArgumentError
 */
export function startText(value: string): string {
  if (startTime(value, Date.now()) !== undefined) return value
  throw new InvalidArgumentError(
    `"${printable(value)}" is not a time. Write it like 14:30 (the clock of this machine), +2h, or 2026-11-22T08:00:00Z.`,
  )
}

/**
 * Adds an attribute to those of a request.
 * @param others the attributes before it on the command line
 * @throws InvalidArgumentError
 */
export function attributeText(value: string, others: StringMap = {}): StringMap {
  return withPair(others, value, { what: 'attribute', example: 'ticket=OPS-42' })
}

/**
 * Adds a value of a parameter to those of a task.
 * @param others the parameters before it on the command line
 * @throws InvalidArgumentError
 */
export function parameterText(value: string, others: StringMap = {}): StringMap {
  return withPair(others, value, { what: 'parameter', example: 'port=8080' })
}

function withPair(
  others: StringMap,
  value: string,
  { what, example }: { readonly what: string; readonly example: string },
): StringMap {
  const [, key, text] = /^([^=]{1,63})=(.*)$/s.exec(value) ?? []
  if (key === undefined || text === undefined) {
    const article = what.startsWith('a') ? 'an' : 'a'
    throw new InvalidArgumentError(`"${printable(value)}" is not ${article} ${what}. Write it like ${example}.`)
  }
  if (Object.hasOwn(others, key)) {
    throw new InvalidArgumentError(`The ${what} "${printable(key)}" is given twice. Give it once.`)
  }
  return { ...others, [key]: text }
}

/**
 * Reads the end of a chain of audit events, as `audit verify` printed it.
 * @throws InvalidArgumentError
 */
export function chainHead(value: string): { readonly index: number; readonly hash: string } {
  const [, index, hash] = /^([1-9]\d{0,9}):([0-9a-f]{64})$/.exec(value) ?? []
  if (index !== undefined && hash !== undefined) return { index: Number(index), hash }
  throw new InvalidArgumentError('Write the end of a chain like 7:HASH. HASH has 64 of the characters 0-9 and a-f.')
}
