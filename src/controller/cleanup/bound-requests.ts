import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'
import { isFinished, isGranted } from '../../decision/phase.ts'
import type { Manifest } from '../../api/manifest.ts'
import { roleBindings } from '../../provision/role/role-objects.ts'
import { release } from '../../cluster/apply/release.ts'
import { resourceOf } from '../../cluster/client/resources.ts'

/**
 * The live requests for roles, with the bindings of each. The views know a binding only by its label and annotations. A
 * user with a role that lets them edit bindings may take those off. So at the end each binding is looked for by its
 * name.
 */
export interface BoundRequests {
  /**
   * Must be called for each look at a key, with the request in the view. Removes the bindings of a request that has
   * ended or is gone.
   */
  settle(key: string, request: AccessRequest | undefined, signal: AbortSignal): Promise<void>
}

export function createBoundRequests(client: Client): BoundRequests {
  const live = new Map<string, { readonly uid: string; readonly bindings: readonly Manifest[] }>()
  return {
    async settle(key, request, signal) {
      const before = live.get(key)
      const bindings = request && bindingsOf(request)
      if (before && (bindings === undefined || before.uid !== request?.metadata.uid)) {
        await removeBindings(client, before.bindings, signal)
        live.delete(key)
      }
      if (request && bindings) live.set(key, { uid: request.metadata.uid, bindings })
    },
  }
}

/** Returns the bindings that should exist. Undefined if there should be none. */
function bindingsOf(request: AccessRequest): readonly Manifest[] | undefined {
  const { spec, status } = request
  if (!spec.requestor || !status?.bindings || !isGranted(status) || isFinished(request)) return undefined
  return roleBindings(request, status.bindings, spec.requestor.username)
}

/**
 * Removes bindings by their names, which hold the uid of their request. A new binding is in no view yet, and one whose
 * label somebody took off is no longer in any. Somebody's finalizer cannot hold a binding.
 */
export async function removeBindings(
  client: Client,
  bindings: readonly Manifest[],
  signal: AbortSignal,
): Promise<void> {
  for (const { kind, metadata } of bindings) {
    const resource = resourceOf(kind)
    const uid = (await client.get(resource, metadata, signal))?.metadata.uid
    if (uid === undefined) continue
    await client.remove(resource, { ...metadata, uid }, signal)
    // No finalizer can be added any more: the binding is being deleted.
    const held = await client.get(resource, metadata, signal)
    if (held?.metadata.uid === uid) await release(client, resource, { ...metadata, uid }, signal)
  }
}
