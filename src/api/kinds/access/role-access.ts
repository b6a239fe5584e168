import { Type, type Static } from 'typebox'
import { held, text, words } from '../../schema/schema.ts'

const maxBindings = 8
const maxNamespaces = 16
/** The largest number of bindings that one request gives. */
export const maxBound = 32

const RoleRef = Type.Object(
  {
    kind: words(['Role', 'ClusterRole'], { description: 'The kind of the role.' }),
    name: text(253, { minLength: 1, description: 'The name of the role.' }),
  },
  {
    description:
      'The role, by name. The people who maintain the role can change what it allows, also while somebody has it.',
  },
)

const OfferedBinding = Type.Object({
  roleRef: RoleRef,
  namespaces: Type.Optional(
    Type.Array(text(63, { minLength: 1 }), {
      minItems: 1,
      maxItems: maxNamespaces,
      'x-kubernetes-list-type': 'set',
      description:
        'The namespaces in which the role is bound. Only a ClusterAccessTemplate may name them. ' +
        'Left out: the namespace of the request.',
    }),
  ),
})

/** The roles that a template offers for a time. */
export const RoleAccess = Type.Object(
  {
    bindings: Type.Array(OfferedBinding, {
      minItems: 1,
      maxItems: maxBindings,
      description: 'The roles that are bound to the requestor: all of them, or none.',
      ...held({
        rule: `self.map(one, has(one.namespaces) ? one.namespaces.size() : 1).sum() <= ${maxBound}`,
        message: `these are more than ${maxBound} bindings in all: make a ClusterRole that joins some of the roles, or several templates`,
      }),
    }),
    clusterWide: Type.Optional(
      Type.Boolean({
        description: 'True if the roles are bound in all namespaces. Only a ClusterAccessTemplate may say so.',
      }),
    ),
  },
  {
    description: 'Offers roles for a time.',
    ...held({
      rule: "!has(self.clusterWide) || !self.clusterWide || self.bindings.all(one, one.roleRef.kind == 'ClusterRole' && !has(one.namespaces))",
      message: 'with clusterWide each roleRef must be a ClusterRole, and namespaces must be left out',
    }),
  },
)

/** The roles that a request asks for: those of its template. There is nothing to choose. */
export const RoleAsk = Type.Object(
  {},
  { description: 'Asks for the roles that the template offers. It has no fields: there is nothing to choose.' },
)

/** A role, and where it is bound. */
export const Binding = Type.Object({
  roleRef: RoleRef,
  namespace: Type.Optional(
    text(63, { description: 'The namespace in which the role is bound. Left out: all namespaces.' }),
  ),
})

export type RoleAccess = Static<typeof RoleAccess>
export type Binding = Static<typeof Binding>
