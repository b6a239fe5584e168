import { fieldsOf, type Fields } from '../api/fields.ts'

/** The webhooks of a webhook configuration; none where it has none, or is something else. */
export function webhooksOf(object: Fields): readonly Fields[] {
  const { webhooks } = object
  return Array.isArray(webhooks) ? webhooks.map(fieldsOf) : []
}
