import { Type, type Static } from 'typebox'
import { celTotal, held, listMap, text } from '../schema/schema.ts'

// Groups of a large directory fit; more characters would not leave room for the rest of a request (64 KiB in all).
const maxGroups = 256
const maxGroupCharacters = 12_288
const maxExtraCharacters = 4_096

/**
 * Who did it, stamped at admission from the review's userInfo. `extra` holds only the keys that the config names.
 * Whatever a client writes here is overwritten.
 */
export const Identity = Type.Object({
  username: text(512, { minLength: 1 }),
  uid: Type.Optional(text(256)),
  groups: Type.Optional(
    Type.Array(text(512), {
      maxItems: maxGroups,
      ...held({
        rule: `${celTotal('self')} <= ${maxGroupCharacters}`,
        message: `the groups are longer than ${maxGroupCharacters} characters in all`,
      }),
    }),
  ),
  extra: Type.Optional(
    listMap(
      { maxProperties: 16, maxItems: 8, maxLength: 256 },
      held({
        rule: `self.map(key, key.size() + ${celTotal('self[key]')}).sum() <= ${maxExtraCharacters}`,
        message: `extra is longer than ${maxExtraCharacters} characters in all`,
      }),
    ),
  ),
})

export type Identity = Static<typeof Identity>

/** Who wrote a template, stamped like every identity. */
export const Author = Type.Object({
  ...Identity.properties,
  mayEscalate: Type.Optional(
    Type.Boolean({
      description:
        'RBAC let the author `escalate` templates, so that the template may give more than a shell beside the workload.',
    }),
  ),
})

export type Author = Static<typeof Author>

/** The text for a stamped field that is not there. */
export function notStamped(field: string): string {
  return (
    `${field} is missing: it is stamped at admission, so Sallyport's webhook did not run. ` +
    'Ask those who run Sallyport to look at its MutatingWebhookConfiguration; it is not yours to fill in'
  )
}
