import { Type, type Static } from 'typebox'
import { held, text, words } from '../schema/schema.ts'
import { accessDuration } from './access-duration.ts'
import { Identity, notStamped } from './identity.ts'
import { immutable } from './immutable.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { Metadata } from './metadata.ts'

const RequestRef = Type.Object(
  {
    name: text(253, { minLength: 1, description: 'The request, in the namespace of the grant.' }),
    uid: Type.Optional(text(64, { minLength: 1, description: 'Stamped at admission: this request, not a namesake.' })),
  },
  held({ rule: 'has(self.uid)', message: notStamped('spec.requestRef.uid') }),
)

/** One approver's verdict. Nothing of it ever changes. */
const AccessGrantSpec = Type.Object(
  {
    requestRef: RequestRef,
    verdict: words(['Approved', 'Denied']),
    message: Type.Optional(text(1024, { description: 'What the requestor reads.' })),
    duration: Type.Optional(accessDuration({ description: 'Shortens what was asked.' })),
    // Whether an approval must carry one depends on the config (grants.requireDigest), so that a webhook asks for it.
    digest: Type.Optional(
      text(64, {
        pattern: '^[0-9a-f]{12,64}$',
        description:
          "How the request's status.digest begins, 12 characters or more: what was seen is what is approved.",
      }),
    ),
    grantedBy: Type.Optional(Identity),
  },
  held(
    { rule: 'has(self.grantedBy)', message: notStamped('spec.grantedBy') },
    {
      rule: "self.verdict == 'Approved' || !has(self.duration)",
      message: 'a duration goes with the verdict Approved alone: leave it out',
    },
    immutable('spec', 'a verdict stays; delete the grant to withdraw it, or make another'),
  ),
)

/** One approver's verdict on a request. */
export const AccessGrant = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('AccessGrant'),
    metadata: Metadata,
    spec: AccessGrantSpec,
  },
  { description: "One approver's verdict on an AccessRequest. Deleting an approval that is needed ends the access." },
)

/** A grant as somebody sends it: without uid, and with whatever a client has written into the stamped fields. */
export const AccessGrantAsked = Type.Object({ spec: Type.Omit(AccessGrantSpec, ['grantedBy']) })

export const accessGrantKind = {
  apiVersion,
  kind: 'AccessGrant',
  plural: 'accessgrants',
  singular: 'accessgrant',
  namespaced: true,
  shortNames: ['agrant'],
  categories: ['access'],
  printColumns: [
    { name: 'Request', type: 'string', jsonPath: '.spec.requestRef.name' },
    { name: 'Verdict', type: 'string', jsonPath: '.spec.verdict' },
    { name: 'Granted By', type: 'string', jsonPath: '.spec.grantedBy.username' },
    { name: 'Message', type: 'string', jsonPath: '.spec.message', priority: 1 },
    age,
  ],
  selectableFields: ['.spec.requestRef.name', '.spec.requestRef.uid', '.spec.grantedBy.username'],
  schema: AccessGrant,
} as const satisfies Kind

export type AccessGrantAsked = Static<typeof AccessGrantAsked>
export type AccessGrant = Static<typeof AccessGrant>
