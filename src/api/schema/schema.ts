import { Type, type TSchema, type TSchemaOptions, type TString, type TUnsafe } from 'typebox'
import { microTimePattern } from '../micro-time.ts'
import { maxQuantityLength, quantityPattern } from '../quantity.ts'

/** A list of allowed words. TypeBox's own union of literals is no structural schema (a CRD refuses it). */
export function words<const T extends readonly string[]>(allowed: T, options: TSchemaOptions = {}): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...allowed], ...options })
}

/**
 * A CEL rule of a custom resource: the API server itself holds it, also while no webhook runs.
 * Source: apiextensions v1 ValidationRule.
 */
export interface CelRule {
  readonly rule: string
  /** A sentence: what is wrong and what would be right. The API server puts the field's path before it. */
  readonly message: string
}

/** Schema options that carry CEL rules. */
export function held(...rules: readonly CelRule[]): { readonly 'x-kubernetes-validations': readonly CelRule[] } {
  return { 'x-kubernetes-validations': rules }
}

/** A string of at most `maxLength` characters (not bytes: JSON schema counts code points). */
export function text(maxLength: number, options: TSchemaOptions = {}): TString {
  return Type.String({ maxLength, ...options })
}

/** A bounded map of strings. Type.Record makes patternProperties, which a CRD refuses. */
export function stringMap(
  bounds: { readonly maxProperties: number; readonly maxLength: number },
  options: TSchemaOptions = {},
): TUnsafe<Readonly<Record<string, string>>> {
  return mapOf(text(bounds.maxLength), bounds.maxProperties, options)
}

/** A bounded map of lists of strings, as `extra` of a UserInfo. */
export function listMap(
  bounds: { readonly maxProperties: number; readonly maxItems: number; readonly maxLength: number },
  options: TSchemaOptions = {},
): TUnsafe<Readonly<Record<string, readonly string[]>>> {
  return mapOf(Type.Array(text(bounds.maxLength), { maxItems: bounds.maxItems }), bounds.maxProperties, options)
}

function mapOf<T>(values: TSchema, maxProperties: number, options: TSchemaOptions): TUnsafe<T> {
  return Type.Unsafe<T>({ type: 'object', additionalProperties: values, maxProperties, ...options })
}

/** Any JSON object with at most `maxProperties` fields: nothing of it is pruned. */
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

/** Any JSON value, also null. What its size is nobody can say here: whoever uses it bounds it. */
export function anyValue(options: TSchemaOptions = {}): TUnsafe {
  return Type.Unsafe({ 'x-kubernetes-preserve-unknown-fields': true, ...options })
}

/** An amount as `resources` of a container has it: `500m`, `1.5Gi`, or a bare whole number, never below zero. */
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

/** A bounded map of amounts by name of resource. */
export function quantities(maxProperties: number, options: TSchemaOptions = {}): TUnsafe<Quantities> {
  return mapOf(quantity(), maxProperties, options)
}
type Quantities = Readonly<Record<string, string | number>>

/** An instant as text, RFC 3339: `2026-11-22T08:00:00.000000Z` (metav1.MicroTime). Any offset and precision is read. */
export function microTime(options: TSchemaOptions = {}): TString {
  return Type.String({ pattern: microTimePattern, maxLength: 64, ...options })
}

/** CEL for the characters of all items of a list of strings together. */
export function celTotal(list: string): string {
  return `${list}.map(item, item.size()).sum()`
}
