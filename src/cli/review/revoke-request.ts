import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'

/** Says what a revocation does not end. */
export const openSessions = 'No new session can be opened. A session that is open already runs until its command exits.'

/** Sets spec.revoked of exactly this request. */
export async function revokeRequest(
  client: Client,
  request: AccessRequest,
  message: string | undefined,
): Promise<void> {
  const { name, namespace, uid } = request.metadata
  const revoked = message === undefined ? {} : { message }
  await client.patch(accessRequestKind, { namespace, name, uid }, { spec: { revoked } })
}
