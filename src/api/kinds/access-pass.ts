import { Type, type Static } from 'typebox'
import { microTime, text, words } from '../schema/schema.ts'
import { maxApprovals } from './access-request-status.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { Metadata, type Draft } from './metadata.ts'
import { GrantRef } from './references.ts'

/** At most so many unfinished requests of one user for one pod. */
export const maxPassRequests = 16

const PassRequest = Type.Object({
  name: text(253),
  uid: text(64),
  podUID: text(64),
  grants: Type.Array(GrantRef, { maxItems: maxApprovals }),
  template: Type.Optional(
    Type.Object({
      kind: words(['AccessTemplate', 'ClusterAccessTemplate']),
      name: text(253),
      uid: text(64),
      generation: Type.Integer({ minimum: 1 }),
    }),
  ),
})

const EndedRequest = Type.Object(
  { name: text(253), uid: text(64), at: microTime() },
  { description: 'The request that ended last, for an hour: the denial tells why it ended. It gives no access.' },
)

/**
 * Which requests of a user concern a pod: written by the controller alone, found by the gate in one GET by its name
 * (src/decision/pod/pass-name.ts). An index, never the truth: the gate reads what it names.
 */
export const AccessPass = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('AccessPass'),
    metadata: Metadata,
    spec: Type.Object({
      username: text(512, { minLength: 1 }),
      pod: text(253, { minLength: 1 }),
      requests: Type.Array(PassRequest, { maxItems: maxPassRequests }),
      ended: Type.Optional(EndedRequest),
    }),
  },
  { description: 'Which unfinished requests of a user concern a pod. Written by Sallyport alone; it allows nothing.' },
)

export const accessPassKind = {
  apiVersion,
  kind: 'AccessPass',
  plural: 'accesspasses',
  singular: 'accesspass',
  namespaced: true,
  shortNames: ['apass'],
  categories: ['access'],
  printColumns: [
    { name: 'User', type: 'string', jsonPath: '.spec.username' },
    { name: 'Pod', type: 'string', jsonPath: '.spec.pod' },
    age,
  ],
  selectableFields: ['.spec.username', '.spec.pod'],
  schema: AccessPass,
} as const satisfies Kind

export type AccessPass = Static<typeof AccessPass>
export type AccessPassDraft = Draft<AccessPass>
