import { fieldsOf, type Fields } from '../../../api/fields.ts'

export function itemsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

/** Returns the value at a path of steps, such as `httpGet` and `host`. */
export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, step) => fieldsOf(inner)[step], value)
}

export function without<T extends object>(object: T, dropped: readonly string[]): T {
  // Callers name only optional fields.
  return Object.fromEntries(Object.entries(object).filter(([field]) => !dropped.includes(field))) as T
}
