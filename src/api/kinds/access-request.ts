import { Type, type Static } from 'typebox'
import { AccessRequestSpec } from './access-request-spec.ts'
import { AccessRequestStatus } from './access-request-status.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { Metadata } from './metadata.ts'

/** A request of one person for one access. */
export const AccessRequest = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('AccessRequest'),
    metadata: Metadata,
    spec: AccessRequestSpec,
    status: Type.Optional(AccessRequestStatus),
  },
  { description: 'Asks for one access for one person. Approvers decide it with an AccessGrant.' },
)

export const accessRequestKind = {
  apiVersion,
  kind: 'AccessRequest',
  plural: 'accessrequests',
  singular: 'accessrequest',
  namespaced: true,
  shortNames: ['areq'],
  categories: ['access'],
  printColumns: [
    { name: 'Requestor', type: 'string', jsonPath: '.spec.requestor.username' },
    { name: 'What', type: 'string', jsonPath: '.status.summary', description: 'What runs.' },
    { name: 'For', type: 'string', jsonPath: '.status.duration', description: 'How long the access lasts.' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Awaits', type: 'string', jsonPath: '.status.awaits', description: 'Who or what is still missing.' },
    age,
    { name: 'Pod', type: 'string', jsonPath: '.status.target.pod', priority: 1 },
    { name: 'Expires', type: 'string', jsonPath: '.status.expiresAt', priority: 1 },
    {
      name: 'Digest',
      type: 'string',
      jsonPath: '.status.shortDigest',
      description: 'The digest to quote in a grant.',
      priority: 1,
    },
    { name: 'Reason', type: 'string', jsonPath: '.spec.reason', priority: 1 },
  ],
  selectableFields: ['.spec.requestor.username', '.status.phase', '.spec.templateRef.name', '.status.target.pod'],
  schema: AccessRequest,
} as const satisfies Kind

/**
 * The annotation of a request with the name of the request that it extends. It only explains: the requestor may write
 * anything there, and no decision reads it.
 */
export const extendsAnnotation = 'access.sallyport.dev/extends'

export type AccessRequest = Static<typeof AccessRequest>
