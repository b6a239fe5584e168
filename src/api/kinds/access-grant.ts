import { Type, type Static } from 'typebox'
import { held, text, words } from '../schema/schema.ts'
import { accessDuration } from './access-duration.ts'
import { Identity, notStamped } from './identity.ts'
import { immutable } from './immutable.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { Metadata } from './metadata.ts'

const RequestRef = Type.Object(
  {
    name: text(253, {
      minLength: 1,
      description: 'The name of the request. The request is in the namespace of the grant.',
    }),
    uid: Type.Optional(
      text(64, {
        minLength: 1,
        description:
          'The uid of the request. Sallyport stamps it at admission, so that the grant is not for a later ' +
          'request of the same name.',
      }),
    ),
  },
  {
    description: 'The request that the verdict is about.',
    ...held({ rule: 'has(self.uid)', message: notStamped('spec.requestRef.uid') }),
  },
)

/** The verdict of one approver. It never changes. */
const AccessGrantSpec = Type.Object(
  {
    requestRef: RequestRef,
    verdict: words(['Approved', 'Denied'], { description: 'The verdict: the request is approved or denied.' }),
    message: Type.Optional(text(1024, { description: 'A text that the requestor reads.' })),
    duration: Type.Optional(
      accessDuration({ description: 'Shortens the access: it lasts no longer than this, whatever the request asks.' }),
    ),
    // The config (grants.requireDigest) says if an approval must carry a digest. So a webhook demands it, not this
    // schema.
    digest: Type.Optional(
      text(64, {
        pattern: '^[0-9a-f]{12,64}$',
        description:
          "The beginning of the request's status.digest, at least 12 characters. " +
          'The grant then approves only what the approver saw.',
      }),
    ),
    grantedBy: Type.Optional(
      Type.Object(Identity.properties, {
        description: 'The approver, as the API server knew the login. Sallyport stamps it at admission.',
      }),
    ),
  },
  {
    description: 'The verdict of one approver on one request. It cannot be changed.',
    ...held(
      { rule: 'has(self.grantedBy)', message: notStamped('spec.grantedBy') },
      {
        rule: "self.verdict == 'Approved' || !has(self.duration)",
        message: 'a duration goes only with the verdict Approved: leave it out',
      },
      immutable('spec', 'a verdict stays; delete the grant to withdraw it, or make another'),
    ),
  },
)

/** The verdict of one approver on a request. */
export const AccessGrant = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('AccessGrant'),
    metadata: Metadata,
    spec: AccessGrantSpec,
  },
  {
    description:
      'The verdict of one approver on an AccessRequest. The access ends if an approval that it needs is deleted.',
  },
)

/** A grant as a client sends it, before admission. It has no uid yet, and the stamped fields may hold anything. */
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
