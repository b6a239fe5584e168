import { installation } from '../../api/installation.ts'
import { installationOwner } from '../../api/installation-owner.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import { isForbidden } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { resources } from '../../cluster/client/resources.ts'

/** The ClusterRole that owns what the leader makes. `gone` says why nothing may be made any more. */
export type Owner = { readonly reference: OwnerReference } | { readonly gone: string }

// With the role goes the right to read it. So a refusal is the usual sign of an uninstall.
const unreadable =
  `Sallyport may not read it: either it is being uninstalled, ` +
  `or ClusterRole or ClusterRoleBinding ${installation.name} is missing`

/** Reads the owner as it is now. Rejects with KubeApiError if the API server does not answer. */
export async function readOwner(client: Pick<Client, 'get'>, signal: AbortSignal): Promise<Owner> {
  try {
    const role = await client.get(resources.ClusterRole, { name: installation.name }, signal)
    const uid = role?.metadata.uid
    if (role === undefined || uid === undefined) return { gone: 'the object is absent' }
    if (role.metadata.deletionTimestamp !== undefined) return { gone: 'the object is being deleted' }
    return { reference: installationOwner(uid) }
  } catch (error) {
    if (isForbidden(error)) return { gone: unreadable }
    throw error
  }
}
