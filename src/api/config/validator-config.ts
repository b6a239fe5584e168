import { Type, type Static } from 'typebox'
import { calleeFields, calleeName, calleeUrl } from './callee-config.ts'
import { words } from '../schema/schema.ts'

const creations = ['Request', 'Grant'] as const

const Validator = Type.Object(
  {
    name: calleeName,
    url: calleeUrl('each question'),
    on: Type.Array(words(creations), {
      maxItems: creations.length,
      default: [...creations],
      description:
        'The validator must agree before these are created: a request, or a grant that approves one. ' +
        '`[]`: only templates ask it, with a challenge.',
    }),
    namespaces: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 63 }), {
        minItems: 1,
        maxItems: 256,
        description:
          'The validator is asked only for objects in these namespaces. ' +
          'A template that names it asks it in every namespace.',
      }),
    ),
    ...calleeFields,
  },
  { additionalProperties: false },
)

/** The part `validators` of the config file. */
export const ValidatorConfigs = Type.Array(Validator, {
  maxItems: 8,
  default: [],
  description: "The organisation's own validators (docs/validators.md).",
})

export type ValidatorConfig = Static<typeof Validator>
export type Creation = (typeof creations)[number]
