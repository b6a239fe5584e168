import { Type } from 'typebox'
import { UserInfo } from '../api/admission-review.ts'
import { validator } from '../api/validator.ts'
import { KubeApiError } from '../cluster/api-error.ts'
import type { Client } from '../cluster/client.ts'

const apiVersion = 'authentication.k8s.io/v1'
const kind = 'SelfSubjectReview'
const validate = validator(Type.Object({ status: Type.Object({ userInfo: UserInfo }) }), 'review')

/** Who the API server takes one for. Anybody who is logged in may ask. */
export async function whoAmI(client: Client): Promise<UserInfo> {
  const path = `/apis/${apiVersion}/selfsubjectreviews`
  const result = validate(await client.call(path, { method: 'POST', body: { apiVersion, kind } }))
  if (result.ok) return result.value.status.userInfo
  throw new KubeApiError(`POST ${path}: ${result.problems.join('; ')}`)
}
