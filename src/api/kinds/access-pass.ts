import { Type, type Static } from 'typebox'
import { microTime, text, words } from '../schema/schema.ts'
import { maxApprovals } from './access-request-status.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { Metadata, type Draft } from './metadata.ts'
import { GrantRef } from './references.ts'

/** The largest number of unfinished requests of one user for one pod. */
export const maxPassRequests = 16

const PassRequest = Type.Object({
  name: text(253, { description: 'The name of the request.' }),
  uid: text(64, { description: 'The uid of the request.' }),
  podUID: text(64, { description: 'The uid of the pod.' }),
  grants: Type.Array(GrantRef, {
    maxItems: maxApprovals,
    description: 'The grants that the access rests on.',
  }),
  template: Type.Optional(
    Type.Object(
      {
        kind: words(['AccessTemplate', 'ClusterAccessTemplate'], { description: 'The kind of the template.' }),
        name: text(253, { description: 'The name of the template.' }),
        uid: text(64, { description: 'The uid of the template.' }),
        generation: Type.Integer({
          minimum: 1,
          description: 'The generation of the template when the request was taken up.',
        }),
      },
      { description: 'The template of the request, if it has one.' },
    ),
  ),
})

const EndedRequest = Type.Object(
  {
    name: text(253, { description: 'The name of the request.' }),
    uid: text(64, { description: 'The uid of the request.' }),
    at: microTime({ description: 'The time at which it ended.' }),
  },
  {
    description:
      'The request that ended last. It stays for an hour, so that a denial can say why it ended. It gives no access.',
  },
)

/**
 * A pass lists the requests of a user that concern a pod. Only the controller writes it. The gate finds it by its name
 * in one GET (src/decision/pod/pass-name.ts). It is an index, never the truth: the gate reads the objects that it
 * names.
 */
export const AccessPass = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('AccessPass'),
    metadata: Metadata,
    spec: Type.Object(
      {
        username: text(512, { minLength: 1, description: 'The username of the requestor.' }),
        pod: text(253, { minLength: 1, description: 'The name of the pod.' }),
        requests: Type.Array(PassRequest, {
          maxItems: maxPassRequests,
          description: 'The unfinished requests of this user for this pod.',
        }),
        ended: Type.Optional(EndedRequest),
      },
      { description: 'The user, the pod and the requests.' },
    ),
  },
  {
    description:
      'Lists the unfinished requests of a user that concern a pod. Only Sallyport writes it, and it allows nothing.',
  },
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
