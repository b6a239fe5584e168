import type { CelInput } from '@bufbuild/cel'
import { durationFromMs, timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { ExpressionFacts } from '../decision/challenge/expression-facts.ts'

/** Returns the facts as CEL's variables. */
export function bindings({ request, now, ...rest }: ExpressionFacts): Record<string, CelInput> {
  const { duration, startAt, ...asked } = request
  const fields = mapOf(asked).set('duration', durationFromMs(Math.round(duration)))
  if (startAt !== undefined) fields.set('startAt', timestampFromMs(Math.floor(startAt)))
  const variables = mapOf(rest)
    .set('request', fields)
    .set('now', timestampFromMs(Math.floor(now)))
  // A plain object would have `constructor` and `toString` as variables, too.
  return Object.assign(Object.create(null) as Record<string, CelInput>, Object.fromEntries(variables))
}

type CelMap = Map<string, CelInput>

// Users choose keys, and CEL treats an object with a key $typeName as a message. It treats a Map as a map.
function mapOf(object: object): CelMap {
  return new Map(Object.entries(object).map(([key, value]: [string, unknown]) => [key, inputOf(value)]))
}

function inputOf(value: unknown): CelInput {
  if (Array.isArray(value)) return value.map(inputOf)
  if (typeof value === 'object' && value !== null) return mapOf(value)
  return value as string | boolean
}
