/** A JSON object whose fields nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>

/** Texts by texts, as labels and annotations are. */
export type StringMap = Readonly<Record<string, string>>

/** Tells whether a value is an object. A list is not an object here. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields of a value that is an object; else none. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}
