import { accessGrantKind, type AccessGrant } from '../api/kinds/access-grant.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Client } from '../cluster/client.ts'
import { readLiveRequest } from './live-facts.ts'

/**
 * Removes verdicts on requests that are no more, such as an earlier one of the same name: they can never count again. Not so those on
 * one that was made anew and is not in the view yet, whose approver would not know that it is lost.
 * @param request as the view has it
 */
export async function removeOrphanGrants(
  client: Client,
  grants: readonly AccessGrant[],
  request: AccessRequest | undefined,
  signal: AbortSignal,
): Promise<void> {
  const orphans = grants.filter(({ spec }) => spec.requestRef.uid !== request?.metadata.uid)
  for (const { metadata, spec } of orphans) {
    const live = await readLiveRequest(client, `${metadata.namespace}/${spec.requestRef.name}`, signal)
    if (live?.metadata.uid !== spec.requestRef.uid) await client.remove(accessGrantKind, metadata, signal)
  }
}
