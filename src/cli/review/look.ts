import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { UserInfo } from '../../api/review/admission-review.ts'
import { readable } from '../../api/schema/readable.ts'
import { iMay } from '../../cluster/client/access-review.ts'
import type { Client } from '../../cluster/client/client.ts'
import { whoAmI } from '../connection/who-am-i.ts'
import { templateToJudge } from '../request/read-request.ts'
import { fieldEquals } from '../request/list-requests.ts'
import { readGrants } from './read-grants.ts'

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
  const { namespace, uid } = request.metadata
  const [template, grants, me, mayGrant] = await Promise.all([
    templateToJudge(client, request),
    readGrants(client, { namespace, fieldSelector: fieldEquals('spec.requestRef.uid', uid) }),
    whoAmI(client),
    mayGrantIn(client, namespace),
  ])
  return { request, template, grants, me, mayGrant }
}

const reviewMs = 10_000

/** Asks if RBAC lets the user give verdicts in a namespace. */
export function mayGrantIn(client: Client, namespace: string): Promise<boolean> {
  const { apiVersion, plural } = readable.grant.resource
  const [group = ''] = apiVersion.split('/')
  return iMay(client, { verb: 'create', group, resource: plural, namespace }, AbortSignal.timeout(reviewMs))
}
