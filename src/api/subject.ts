import { Type, type Static } from 'typebox'
import { words } from './schema/schema.ts'

/** A Subject of rbac.authorization.k8s.io without its apiGroup. Only a ServiceAccount has a `namespace`. */
export const Subject = Type.Object(
  {
    kind: words(['User', 'Group', 'ServiceAccount'], { description: 'The kind of the subject.' }),
    name: Type.String({ minLength: 1, maxLength: 512, description: 'The name of the user, group or service account.' }),
    namespace: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 63,
        description: 'The namespace of the service account. Only a ServiceAccount has one.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'A subject: a User, a Group, or a ServiceAccount with its namespace.',
  },
)

/**
 * A subject who may break the glass. It is not a ServiceAccount: role `edit` in a namespace is enough to take such a
 * token.
 */
export const BreakGlassSubject = Type.Object(
  {
    kind: words(['User', 'Group'], { description: 'The kind of the subject.' }),
    name: Subject.properties.name,
  },
  { additionalProperties: false, description: 'A subject: a User or a Group.' },
)

export type Subject = Static<typeof Subject>
export type BreakGlassSubject = Static<typeof BreakGlassSubject>
