import { Type } from 'typebox'
import { UserInfo } from '../../api/review/admission-review.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'

const apiVersion = 'authentication.k8s.io/v1'
const kind = 'SelfSubjectReview'
const checkReview = schemaCheck(Type.Object({ status: Type.Object({ userInfo: UserInfo }) }), 'review')

/** Asks the API server who the user is. Every user who is logged in may ask. */
export async function whoAmI(client: Client): Promise<UserInfo> {
  const path = `/apis/${apiVersion}/selfsubjectreviews`
  const result = checkReview(await client.call(path, { method: 'POST', body: { apiVersion, kind } }))
  if (result.ok) return result.value.status.userInfo
  throw new KubeApiError(`POST ${path}: ${result.problems.join('; ')}`)
}
