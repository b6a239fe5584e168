import { Type, type Static } from 'typebox'
import { AccessGrant } from './kinds/access-grant.ts'
import type { AccessRequestSpec } from './kinds/access-request-spec.ts'
import { AccessRequestStatus } from './kinds/access-request-status.ts'
import { Identity } from './kinds/identity.ts'
import { stringMap, text, words } from './schema/schema.ts'

// Those who write validators rely on these names: one is added, never changed. docs/validator-calls.md is made of it.

const { target, bindings, digest } = AccessRequestStatus.properties
const { verdict, message, duration, digest: quoted } = AccessGrant.properties.spec.properties

const AskedRequest = Type.Object({
  namespace: text(63),
  name: Type.Optional(text(253, { description: 'Absent while the API server has not made one up (generateName).' })),
  uid: Type.Optional(text(64, { description: 'Absent while it is being created.' })),
  spec: Type.Unsafe<AccessRequestSpec>({
    type: 'object',
    description: 'As it is stored, the stamped requestor included: `spec` of AccessRequest in kinds.md.',
  }),
  target,
  bindings,
  digest,
})

/** What a validator is asked. */
export const ValidationCall = Type.Object({
  id: text(128, { description: 'Of this call and no other; it is the webhook-id, too.' }),
  source: text(256, { description: 'Which Sallyport asks: `audit.source` of its config.' }),
  validator: text(63, { description: 'Its name in that config.' }),
  about: words(['Request', 'Grant', 'Challenge'], {
    description:
      'A request that is being created; a grant that is; or a request that waits, and whose template names the validator.',
  }),
  dryRun: Type.Boolean({ description: 'Nothing will come of it: `kubectl apply --dry-run=server`.' }),
  identity: Type.Object(Identity.properties, {
    description: 'Who asks, or of a grant who approves: the login at the API server, whatever the object says.',
  }),
  attributes: stringMap(
    { maxProperties: 16, maxLength: 512 },
    { description: 'Of the request; `{}` where it has none.' },
  ),
  request: AskedRequest,
  grant: Type.Optional(
    Type.Object(
      { verdict, message, duration, digest: quoted },
      { description: 'Of the grant, where it is about one.' },
    ),
  ),
})

/** What it answers, with status 200. Fields beside these are ignored. */
export const ValidationAnswer = Type.Object({
  status: words(['valid', 'invalid'], { description: 'Anything else denies, as no answer does.' }),
  message: Type.Optional(
    Type.String({ description: 'What the user reads where it is invalid; the first 1024 characters are shown.' }),
  ),
})

export type ValidationCall = Static<typeof ValidationCall>
