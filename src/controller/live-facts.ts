import { AccessGrant, accessGrantKind } from '../api/kinds/access-grant.ts'
import { AccessRequest, accessRequestKind } from '../api/kinds/access-request.ts'
import { validator } from '../api/validator.ts'
import type { Client } from '../cluster/client.ts'
import { resources } from '../cluster/resources.ts'
import { typed } from '../cluster/typed-object.ts'
import type { Facts } from '../provision/request-plan.ts'
import { trimPod } from './trim-pod.ts'

const checkRequest = validator(AccessRequest, 'request')
const checkGrant = validator(AccessGrant, 'grant')

/** The request under this key as it is now. */
export async function readLiveRequest(
  client: Client,
  key: string,
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  const [namespace = '', name = ''] = key.split('/')
  const object = await client.get(accessRequestKind, { namespace, name }, signal)
  return object && typed(object, checkRequest)
}

/**
 * The facts as they are now, read one by one: a view may be behind, and that a pod or grant is missing from it may only
 * mean that it has not been seen yet. Undefined where the request itself is gone, or is another.
 */
export async function confirmFacts(client: Client, facts: Facts, signal: AbortSignal): Promise<Facts | undefined> {
  const { request, grants } = facts
  const { namespace, name, uid } = request.metadata
  const approvals = request.status?.approvals ?? []
  const names = new Set([...approvals, ...grants.map(({ metadata }) => metadata)].map((grant) => grant.name))
  const [live, pod, ...liveGrants] = await Promise.all([
    readLiveRequest(client, `${namespace}/${name}`, signal),
    client.get(resources.Pod, { namespace, name: request.spec.exec?.pod ?? '' }, signal),
    ...[...names].map((grant) => client.get(accessGrantKind, { namespace, name: grant }, signal)),
  ])
  if (live?.metadata.uid !== uid) return undefined
  return {
    ...facts,
    request: live,
    pod: pod && trimPod(pod),
    grants: liveGrants
      .flatMap((grant) => (grant ? [typed(grant, checkGrant)] : []))
      .filter((grant) => grant.spec.requestRef.uid === uid),
  }
}
