import { Type, type Static } from 'typebox'
import { held, text, words } from '../schema/schema.ts'

const maxBindings = 8
const maxNamespaces = 16
/** How many bindings one request comes to at most. */
export const maxBound = 32

const RoleRef = Type.Object(
  { kind: words(['Role', 'ClusterRole']), name: text(253, { minLength: 1 }) },
  { description: 'By name: what the role allows is for whoever keeps it to say, also while somebody has it.' },
)

const OfferedBinding = Type.Object({
  roleRef: RoleRef,
  namespaces: Type.Optional(
    Type.Array(text(63, { minLength: 1 }), {
      minItems: 1,
      maxItems: maxNamespaces,
      'x-kubernetes-list-type': 'set',
      description: 'Where it is bound; for a ClusterAccessTemplate alone. Left out: in the namespace of the request.',
    }),
  ),
})

/** What a template offers: roles for a time. */
export const RoleAccess = Type.Object(
  {
    bindings: Type.Array(OfferedBinding, {
      minItems: 1,
      maxItems: maxBindings,
      description: 'All of them are bound to the requestor, or none.',
      ...held({
        rule: `self.map(one, has(one.namespaces) ? one.namespaces.size() : 1).sum() <= ${maxBound}`,
        message: `these are more than ${maxBound} bindings in all: make a ClusterRole that joins some of the roles, or several templates`,
      }),
    }),
    clusterWide: Type.Optional(
      Type.Boolean({ description: 'Bound in all namespaces; for a ClusterAccessTemplate alone.' }),
    ),
  },
  held({
    rule: "!has(self.clusterWide) || !self.clusterWide || self.bindings.all(one, one.roleRef.kind == 'ClusterRole' && !has(one.namespaces))",
    message: 'with clusterWide each roleRef must be a ClusterRole, and namespaces be left out',
  }),
)

/** What a request asks of it: there is nothing to choose. */
export const RoleAsk = Type.Object({})

/** One role, and where it is bound. */
export const Binding = Type.Object({
  roleRef: RoleRef,
  namespace: Type.Optional(text(63, { description: 'Left out: in all namespaces.' })),
})

export type RoleAccess = Static<typeof RoleAccess>
export type Binding = Static<typeof Binding>
