import { Type, type Static } from 'typebox'
import { celTotal, held, listMap, text } from '../schema/schema.ts'

// The groups of a large directory fit. More characters would leave too little room for the rest of a request, which may
// have 64 KiB in all.
const maxGroups = 256
const maxGroupCharacters = 12_288
const maxExtraCharacters = 4_096

/**
 * The user who did it, stamped at admission from the review's userInfo. `extra` holds only the keys that the config
 * names. Sallyport overwrites what a client writes here.
 */
export const Identity = Type.Object({
  username: text(512, { minLength: 1, description: 'The username of the login.' }),
  uid: Type.Optional(text(256, { description: 'The uid of the login, if it has one.' })),
  groups: Type.Optional(
    Type.Array(text(512), {
      maxItems: maxGroups,
      description: 'The groups of the login.',
      ...held({
        rule: `${celTotal('self')} <= ${maxGroupCharacters}`,
        message: `the groups are longer than ${maxGroupCharacters} characters in all`,
      }),
    }),
  ),
  extra: Type.Optional(
    listMap(
      { maxProperties: 16, maxItems: 8, maxLength: 256 },
      {
        description: 'The extra fields of the login. Only those that the config names are kept (identity.extraKeys).',
        ...held({
          rule: `self.map(key, key.size() + ${celTotal('self[key]')}).sum() <= ${maxExtraCharacters}`,
          message: `extra is longer than ${maxExtraCharacters} characters in all`,
        }),
      },
    ),
  ),
})

export type Identity = Static<typeof Identity>

/** The user who wrote a template, stamped like every identity. */
export const Author = Type.Object(
  {
    ...Identity.properties,
    mayEscalate: Type.Optional(
      Type.Boolean({
        description:
          'True if RBAC let the author `escalate` templates. ' +
          'The template may then give more than a shell beside the workload.',
      }),
    ),
  },
  {
    description: 'The user who wrote the template, as the API server knew the login. Sallyport stamps it at admission.',
  },
)

export type Author = Static<typeof Author>

/** Returns the text for a stamped field that is missing. */
export function notStamped(field: string): string {
  return (
    `${field} is missing: Sallyport's webhook stamps it at admission, and did not run. ` +
    'Do not fill it in. Ask the people who run Sallyport to look at its MutatingWebhookConfiguration'
  )
}
