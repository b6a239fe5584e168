import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { UserInfo } from '../../api/review/admission-review.ts'
import { readable } from '../../api/schema/readable.ts'
import { iMay } from '../../cluster/client/access-review.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { typed } from '../../cluster/client/typed-object.ts'
import { whoAmI } from '../connection/who-am-i.ts'
import { templateOf } from '../request/read-request.ts'

/** A request with all that an approver should know of it, read at one time. */
export interface Looked {
  readonly request: AccessRequest
  /** The template that the request names, if the user may see it. */
  readonly template: AnyTemplate | undefined
  /** The verdicts on the request. */
  readonly grants: readonly AccessGrant[]
  readonly me: UserInfo
  /** True if RBAC lets the user give a verdict in the namespace of the request. */
  readonly mayGrant: boolean
}

/** Reads what an approver should know of a request. */
export async function lookAt(client: Client, request: AccessRequest): Promise<Looked> {
  const [template, grants, me, mayGrant] = await Promise.all([
    templateOf(client, request),
    grantsOf(client, request),
    whoAmI(client),
    mayGrantIn(client, request.metadata.namespace),
  ])
  return { request, template, grants, me, mayGrant }
}

async function grantsOf(client: Client, { metadata: { namespace, uid } }: AccessRequest): Promise<Looked['grants']> {
  const { resource, check } = readable.grant
  const fieldSelector = `spec.requestRef.uid=${uid}`
  const found = await unlessForbidden(client.list(resource, { namespace, fieldSelector }))
  return (found?.items ?? []).map((one) => typed(one, check))
}

const reviewMs = 10_000

/** Asks if RBAC lets the user give verdicts in a namespace. */
export function mayGrantIn(client: Client, namespace: string): Promise<boolean> {
  const { apiVersion, plural } = readable.grant.resource
  const [group = ''] = apiVersion.split('/')
  return iMay(client, { verb: 'create', group, resource: plural, namespace }, AbortSignal.timeout(reviewMs))
}
