import { Type, type TSchemaOptions, type TUnsafe } from 'typebox'

/** A list of allowed words. TypeBox's own union of literals is no structural schema (a CRD refuses it). */
export function words<const T extends readonly string[]>(allowed: T, options: TSchemaOptions = {}): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...allowed], ...options })
}
