/** A JSON object whose fields nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>

/** A map of texts to texts, such as labels and annotations. */
export type StringMap = Readonly<Record<string, string>>

/** Returns true if a value is an object. A list is not an object here. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the fields of an object. A value that is not an object has none. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}
