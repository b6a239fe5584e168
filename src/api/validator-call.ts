import { Type, type Static } from 'typebox'
import { AccessGrant } from './kinds/access-grant.ts'
import type { AccessRequestSpec } from './kinds/access-request-spec.ts'
import { AccessRequestStatus } from './kinds/access-request-status.ts'
import { Identity } from './kinds/identity.ts'
import { stringMap, text, words } from './schema/schema.ts'

// Authors of validators rely on these names. A name may be added, but none may change. docs/validator-calls.md is made
// from this file.

const { target, bindings, digest } = AccessRequestStatus.properties
const { verdict, message, duration, digest: quoted } = AccessGrant.properties.spec.properties

const AskedRequest = Type.Object(
  {
    namespace: text(63, { description: 'The namespace of the request.' }),
    name: Type.Optional(
      text(253, {
        description: 'The name of the request. Absent until the API server has made one up (generateName).',
      }),
    ),
    uid: Type.Optional(text(64, { description: 'The uid of the request. Absent while the request is being created.' })),
    spec: Type.Unsafe<AccessRequestSpec>({
      type: 'object',
      description:
        'The spec of the request as it is stored, with the stamped requestor: `spec` of AccessRequest in kinds.md.',
    }),
    target,
    bindings,
    digest,
  },
  { description: 'The request that the question is about.' },
)

/** The question that Sallyport asks a validator. */
export const ValidationCall = Type.Object({
  id: text(128, { description: 'The id of this call and of no other. It is also the webhook-id.' }),
  source: text(256, { description: 'The Sallyport that asks: `audit.source` of its config.' }),
  validator: text(63, { description: 'The name of the validator in that config.' }),
  about: words(['Request', 'Grant', 'Challenge'], {
    description:
      'Request: a request is being created. Grant: a grant is being created. ' +
      'Challenge: a request waits, and its template names the validator.',
  }),
  dryRun: Type.Boolean({
    description: 'True if nothing will come of the object, as with `kubectl apply --dry-run=server`.',
  }),
  identity: Type.Object(Identity.properties, {
    description:
      'The user who asks, or the user who approves with a grant. ' +
      'It is the login at the API server, whatever the object says.',
  }),
  attributes: stringMap(
    { maxProperties: 16, maxLength: 512 },
    { description: 'The attributes of the request. `{}` if it has none.' },
  ),
  request: AskedRequest,
  grant: Type.Optional(
    Type.Object(
      { verdict, message, duration, digest: quoted },
      { description: 'The grant, if the question is about one.' },
    ),
  ),
})

/** The answer of a validator, with status 200. Sallyport ignores other fields. */
export const ValidationAnswer = Type.Object({
  status: words(['valid', 'invalid'], { description: 'The answer. Any other value denies, as no answer does.' }),
  message: Type.Optional(
    Type.String({ description: 'The text that the user reads after invalid. Its first 1024 characters are shown.' }),
  ),
})

export type ValidationCall = Static<typeof ValidationCall>
