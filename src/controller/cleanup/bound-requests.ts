import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'
import { isFinished, isGranted } from '../../decision/phase.ts'
import type { Manifest } from '../../api/manifest.ts'
import { roleBindings } from '../../provision/role/role-objects.ts'
import { release } from '../../cluster/apply/release.ts'
import { resourceOf } from '../../cluster/client/resources.ts'

/**
 * The requests for roles that are live, with what is bound for them. The views know a binding by its label and annotations alone,
 * and who was given a role that lets them edit bindings may take those off: at the end each is looked for by its name.
 */
export interface BoundRequests {
  /** To be told of each look at a key, with what the view has of it. Removes what was bound for one that has ended, or is gone. */
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

/** Undefined where nothing is to be bound. */
function bindingsOf(request: AccessRequest): readonly Manifest[] | undefined {
  const { spec, status } = request
  if (!spec.requestor || !status?.bindings || !isGranted(status) || isFinished(request)) return undefined
  return roleBindings(request, status.bindings, spec.requestor.username)
}

/**
 * Removes bindings by their names, which hold the uid of their request: what was just written is in no view yet, and one whose label
 * somebody took off is in none any more. A finalizer of somebody's holds none of them.
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
    // By then none can be added any more.
    const held = await client.get(resource, metadata, signal)
    if (held?.metadata.uid === uid) await release(client, resource, { ...metadata, uid }, signal)
  }
}
