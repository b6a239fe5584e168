import { checkRequest } from '../api/checks.ts'
import { accessRequestKind, type AccessRequest } from '../api/kinds/access-request.ts'
import { typed } from '../cluster/typed-object.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { say } from '../decision/sentence.ts'
import { Refusal } from './failure.ts'
import type { Session } from './session.ts'

/** @throws KubeApiError where the object is no AccessRequest that this program understands */
export function asRequest(object: KubeObject): AccessRequest {
  return typed(object, checkRequest)
}

/**
 * The request of that name.
 * @throws Refusal where there is none
 */
export async function readRequest({ client, namespace }: Session, name: string): Promise<AccessRequest> {
  const object = await client.get(accessRequestKind, { namespace, name })
  if (!object) throw new Refusal(say`There is no request ${name} in namespace ${namespace}.`)
  return asRequest(object)
}
