import { Type, type TInteger, type TSchema, type TSchemaOptions, type TString, type TUnsafe } from 'typebox'
import { microTimePattern } from '../micro-time.ts'
import { maxQuantityLength, quantityPattern } from '../quantity.ts'

/**
 * Returns the schema of a string that is one of some words. TypeBox's own union of literals is not a structural schema
 * (a CRD refuses it).
 */
export function words<const T extends readonly string[]>(allowed: T, options: TSchemaOptions = {}): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...allowed], ...options })
}

/**
 * A CEL rule of a custom resource. The API server itself enforces it, also while no webhook runs.
 * Source: apiextensions v1 ValidationRule.
 */
export interface CelRule {
  readonly rule: string
  /** The sentence that says what is wrong and what would be right. The API server puts the field's path before it. */
  readonly message: string
}

/** Returns schema options that carry CEL rules. */
export function held(...rules: readonly CelRule[]): { readonly 'x-kubernetes-validations': readonly CelRule[] } {
  return { 'x-kubernetes-validations': rules }
}

/** Returns the schema of a string of at most `maxLength` characters (not bytes: JSON schema counts code points). */
export function text(maxLength: number, options: TSchemaOptions = {}): TString {
  return Type.String({ maxLength, ...options })
}

// A pattern that does not compile makes the evaluation fail, and the API server then refuses it.
// `|| true` would be wrong here: it turns an error into true.
const compiles: CelRule = { rule: "''.matches(self) in [true, false]", message: 'must be an RE2 expression' }

// The largest id of Linux. The API server allows no larger one.
const maxId = 2 ** 31 - 1

/** Returns the schema of the id of a user or a group, as the security context of a container has it. */
export function userId(description: string): TInteger {
  return Type.Integer({ minimum: 0, maximum: maxId, description })
}

/** Returns the schema of an RE2 pattern. The API server compiles it, too. */
export function pattern(description: string): TString {
  return text(256, { minLength: 1, description, ...held(compiles) })
}

/** Returns the schema of a bounded map of strings. Type.Record makes patternProperties, which a CRD refuses. */
export function stringMap(
  bounds: { readonly maxProperties: number; readonly maxLength: number },
  options: TSchemaOptions = {},
): TUnsafe<Readonly<Record<string, string>>> {
  return mapOf(text(bounds.maxLength), bounds.maxProperties, options)
}

/** Returns the schema of a bounded map of lists of strings, such as `extra` of a UserInfo. */
export function listMap(
  bounds: { readonly maxProperties: number; readonly maxItems: number; readonly maxLength: number },
  options: TSchemaOptions = {},
): TUnsafe<Readonly<Record<string, readonly string[]>>> {
  return mapOf(Type.Array(text(bounds.maxLength), { maxItems: bounds.maxItems }), bounds.maxProperties, options)
}

function mapOf<T>(values: TSchema, maxProperties: number, options: TSchemaOptions): TUnsafe<T> {
  return Type.Unsafe<T>({ type: 'object', additionalProperties: values, maxProperties, ...options })
}

/** Returns the schema of any JSON object with at most `maxProperties` fields. The API server prunes nothing of it. */
export function anyObject(
  maxProperties: number,
  options: TSchemaOptions = {},
): TUnsafe<Readonly<Record<string, unknown>>> {
  return Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    maxProperties,
    ...options,
  })
}

/** Returns the schema of any JSON value, also null. It has no bound: the schema around it must bound the size. */
export function anyValue(options: TSchemaOptions = {}): TUnsafe {
  return Type.Unsafe({ 'x-kubernetes-preserve-unknown-fields': true, ...options })
}

/**
 * Returns the schema of an amount in `resources` of a container: `500m`, `1.5Gi`, or a bare whole number, never below
 * zero.
 */
export function quantity(options: TSchemaOptions = {}): TUnsafe<string | number> {
  return Type.Unsafe<string | number>({
    'x-kubernetes-int-or-string': true,
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', maxLength: maxQuantityLength, pattern: quantityPattern },
    ],
    ...options,
  })
}

/** Returns the schema of a bounded map of amounts by name of resource. */
export function quantities(maxProperties: number, options: TSchemaOptions = {}): TUnsafe<Quantities> {
  return mapOf(quantity(), maxProperties, options)
}
type Quantities = Readonly<Record<string, string | number>>

/**
 * Returns the schema of an instant as RFC 3339 text: `2026-11-22T08:00:00.000000Z` (metav1.MicroTime), with any offset
 * and precision.
 */
export function microTime(options: TSchemaOptions = {}): TString {
  return Type.String({ pattern: microTimePattern, maxLength: 64, ...options })
}

/** Returns CEL for the number of characters of all items of a list of strings together. */
export function celTotal(list: string): string {
  return `${list}.map(item, item.size()).sum()`
}
