/** Part of an object as the API server has it, of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>

/** The webhooks of a webhook configuration; none where it has none, or is something else. */
export function webhooksOf(object: Fields): readonly Fields[] {
  const { webhooks } = object
  return Array.isArray(webhooks) ? webhooks.map(fieldsOf) : []
}

/** The fields of a value that is an object, else none. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
