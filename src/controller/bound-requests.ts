import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Client } from '../cluster/client.ts'
import { isFinished, isGranted } from '../decision/phase.ts'
import type { Manifest } from '../provision/manifest.ts'
import { roleBindings } from '../provision/role-objects.ts'
import { takeBack } from './take-back.ts'

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
        await takeBack(client, before.bindings, signal)
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
