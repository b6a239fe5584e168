import { accessGrantKind, type AccessGrant } from '../api/kinds/access-grant.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Client } from '../cluster/client.ts'

/** Removes verdicts on requests that are no more, such as an earlier one of the same name: they can never count again. */
export async function removeOrphanGrants(
  client: Client,
  grants: readonly AccessGrant[],
  request: AccessRequest | undefined,
  signal: AbortSignal,
): Promise<void> {
  const orphans = grants.filter(({ spec }) => spec.requestRef.uid !== request?.metadata.uid)
  for (const { metadata } of orphans) await client.remove(accessGrantKind, metadata, signal)
}
