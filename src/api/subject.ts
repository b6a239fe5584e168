import { Type, type Static } from 'typebox'
import { words } from './schema/schema.ts'

/** Who: an rbac.authorization.k8s.io Subject without its apiGroup. `namespace` is for a ServiceAccount alone. */
export const Subject = Type.Object(
  {
    kind: words(['User', 'Group', 'ServiceAccount']),
    name: Type.String({ minLength: 1, maxLength: 512 }),
    namespace: Type.Optional(Type.String({ minLength: 1, maxLength: 63 })),
  },
  {
    additionalProperties: false,
    description: 'Who: a User, a Group, or a ServiceAccount with its namespace.',
  },
)

/** Who breaks the glass. No ServiceAccount: in its namespace, role `edit` is enough to take one's token. */
export const BreakGlassSubject = Type.Object(
  { kind: words(['User', 'Group']), name: Subject.properties.name },
  { additionalProperties: false, description: 'Who: a User or a Group.' },
)

export type Subject = Static<typeof Subject>
export type BreakGlassSubject = Static<typeof BreakGlassSubject>
