import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { ApplySet, Change } from '../../cluster/apply/apply-set.ts'
import type { Client } from '../../cluster/client/client.ts'
import { isDifferent } from '../../cluster/apply/manifest-difference.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import type { Manifest } from '../../api/manifest.ts'
import { refusalOf, bindingRefusalText, throwIfPassing, type BindingRefusal } from './binding-refusal.ts'
import { refusedBinding } from './refused-binding.ts'
import { removeBindings } from './bound-requests.ts'

/** Either all bindings are as they should be, or none exists, and `refused` says why. */
type BindingOutcome =
  { readonly changes: readonly Change[] } | { readonly refused: string; readonly cause: KubeApiError | undefined }

export interface RoleBinderOptions {
  readonly client: Client
  readonly applySet: ApplySet
}

export type RoleBinder = (
  request: AccessRequest,
  wanted: readonly Manifest[],
  observed: readonly KubeObject[],
  signal: AbortSignal,
) => Promise<BindingOutcome>

/**
 * Binds all roles of a request, or none. Each binding is tried before the first is written. So a role that cannot be
 * bound does not make the others come and go with every attempt.
 *
 * Rejects with KubeApiError if the API server fails under a live access. That access stays as it is, and is tried
 * again.
 */
export function createRoleBinder({ client, applySet }: RoleBinderOptions): RoleBinder {
  async function refusedWrite(
    { metadata }: AccessRequest,
    wanted: readonly Manifest[],
    observed: readonly KubeObject[],
    signal: AbortSignal,
  ): Promise<BindingRefusal | readonly Change[]> {
    try {
      return await applySet(metadata, wanted, observed, signal)
    } catch (error) {
      return refusalOf(error, error instanceof KubeApiError ? (error.about?.name ?? '') : '')
    }
  }

  return async (request, wanted, observed, signal) => {
    const refused = await refusedBinding(client, untried(wanted, observed), signal)
    if (refused) {
      throwIfPassing(refused, request)
      await applySet(request.metadata, [], observed, signal)
      return { refused: bindingRefusalText(refused, request), cause: refused.cause }
    }
    const result = await refusedWrite(request, wanted, observed, signal)
    if (!('isPassing' in result)) return { changes: result }
    throwIfPassing(result, request)
    await removeBindings(client, wanted, signal)
    return { refused: bindingRefusalText(result, request), cause: result.cause }
  }
}

/** True if each binding exists as it should be. */
export function areBound(wanted: readonly Manifest[], observed: readonly KubeObject[]): boolean {
  return wanted.every((manifest) => {
    const seen = find(manifest, observed)
    return seen?.metadata.deletionTimestamp === undefined && !isDifferent(manifest, seen)
  })
}

/**
 * Returns the bindings that are to be written, except those with another roleRef. The API server refuses to change a
 * roleRef, so that binding is made anew.
 */
function untried(wanted: readonly Manifest[], observed: readonly KubeObject[]): readonly Manifest[] {
  return wanted.filter((manifest) => {
    const seen: (KubeObject & { readonly roleRef?: unknown }) | undefined = find(manifest, observed)
    return seen === undefined || (isDifferent(manifest, seen) && !isDifferent(manifest['roleRef'], seen.roleRef))
  })
}

function find({ kind, metadata }: Manifest, observed: readonly KubeObject[]): KubeObject | undefined {
  return observed.find(
    (one) => one.kind === kind && one.metadata.name === metadata.name && one.metadata.namespace === metadata.namespace,
  )
}
