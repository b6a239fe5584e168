import { checkGrant, checkRequest } from '../api/checks.ts'
import { accessGrantKind } from '../api/kinds/access-grant.ts'
import { accessRequestKind, type AccessRequest } from '../api/kinds/access-request.ts'
import type { Client } from '../cluster/client.ts'
import { resources } from '../cluster/resources.ts'
import { readTyped } from '../cluster/typed-object.ts'
import type { Facts } from '../provision/request-plan.ts'
import { trimPod } from './trim-pod.ts'

/** The request under this key as it is now. */
export function readLiveRequest(client: Client, key: string, signal: AbortSignal): Promise<AccessRequest | undefined> {
  const [namespace = '', name = ''] = key.split('/')
  return readTyped(client, { resource: accessRequestKind, check: checkRequest }, { namespace, name }, signal)
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
    ...[...names].map((grant) =>
      readTyped(client, { resource: accessGrantKind, check: checkGrant }, { namespace, name: grant }, signal),
    ),
  ])
  if (live?.metadata.uid !== uid) return undefined
  return {
    ...facts,
    request: live,
    pod: pod && trimPod(pod),
    grants: liveGrants.filter((grant) => grant !== undefined).filter((grant) => grant.spec.requestRef.uid === uid),
  }
}
