import type { AccessRequest } from '../api/kinds/access-request.ts'
import { KubeApiError } from '../cluster/api-error.ts'
import type { ApplySet, Change } from '../cluster/apply-set.ts'
import type { Client } from '../cluster/client.ts'
import { isDifferent } from '../cluster/manifest-difference.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { resourceOf } from '../cluster/resources.ts'
import { bindingText } from '../decision/role-bindings.ts'
import { printableWhole } from '../decision/sentence.ts'
import { requestUidLabel } from '../provision/exec-objects.ts'
import { boundName } from '../provision/role-objects.ts'
import { binderLabel } from '../provision/install/names.ts'
import type { Manifest } from '../provision/manifest.ts'

/** All bindings are as they should be, or none is there and the API server said why. */
export type Bound = { readonly changes: readonly Change[] } | { readonly refused: string }

export interface RoleBinderOptions {
  readonly client: Client
  readonly applySet: ApplySet
}

export type RoleBinder = (
  request: AccessRequest,
  wanted: readonly Manifest[],
  observed: readonly KubeObject[],
  signal: AbortSignal,
) => Promise<Bound>

/**
 * Binds all roles of a request, or none. Each is tried before the first is written, so that a role that cannot be bound does not
 * make the others come and go with every attempt.
 *
 * Rejects with KubeApiError where the API server fails under a live access, or does not answer at all: to be asked again.
 */
export function createRoleBinder({ client, applySet }: RoleBinderOptions): RoleBinder {
  /** By name, as what was just written is in no view yet. */
  async function takeBack(
    { metadata }: AccessRequest,
    wanted: readonly Manifest[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const manifest of wanted) {
      const resource = resourceOf(manifest.kind)
      const live = await client.get(resource, manifest.metadata, signal)
      if (live?.metadata.labels?.[requestUidLabel] !== metadata.uid) continue
      await client.remove(resource, { ...manifest.metadata, uid: live.metadata.uid }, signal)
    }
  }

  /** Resolves with why the API server would refuse one of them. */
  async function firstRefusal(
    request: AccessRequest,
    untold: readonly Manifest[],
    signal: AbortSignal,
  ): Promise<KubeApiError | undefined> {
    try {
      for (const manifest of untold) await client.tryApply(resourceOf(manifest.kind), manifest, signal)
      return undefined
    } catch (error) {
      if (isRefusal(error, request)) return error
      throw error
    }
  }

  return async (request, wanted, observed, signal) => {
    const refused = await firstRefusal(request, untried(wanted, observed), signal)
    if (refused) {
      await applySet(request.metadata, [], observed, signal)
      return { refused: refusalText(refused, request) }
    }
    try {
      return { changes: await applySet(request.metadata, wanted, observed, signal) }
    } catch (error) {
      if (!isRefusal(error, request)) throw error
      await takeBack(request, wanted, signal)
      return { refused: refusalText(error, request) }
    }
  }
}

/** Whether each is there as it should be. */
export function areBound(wanted: readonly Manifest[], observed: readonly KubeObject[]): boolean {
  return wanted.every((manifest) => {
    const seen = find(manifest, observed)
    return seen?.metadata.deletionTimestamp === undefined && !isDifferent(manifest, seen)
  })
}

/** What is to be written, but for another roleRef: to change one is refused, so that the binding is made anew. */
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

/**
 * Nothing is there then. What is live is not taken away because the API server fails; where nobody has anything yet, any answer that
 * is not the one wanted is told, and leaves nothing.
 */
function isRefusal(error: unknown, { status: request }: AccessRequest): error is KubeApiError {
  if (!(error instanceof KubeApiError) || error.status === undefined) return false
  const isPassing = error.status >= 500 || [408, 409, 429].includes(error.status)
  return !isPassing || request?.phase !== 'Active'
}

const maxWords = 1_500

/** Which binding, and the API server's words. */
function refusalText(error: KubeApiError, { metadata, status }: AccessRequest): string {
  const { bindings = [] } = status ?? {}
  // The call is in the message. The last first: …-1 is also in …-10.
  const at = bindings.findLastIndex((_binding, index) => error.message.includes(boundName(metadata.uid, index)))
  const binding = bindings[at]
  const which = binding ? `binding ${at + 1} of ${bindings.length}, ${bindingText(binding)},` : 'a binding'
  const words = printableWhole(error.statusMessage ?? error.message).slice(0, maxWords)
  const hint =
    error.status === 403 ? ` (Sallyport binds what a ClusterRole labelled ${binderLabel}=true lets it bind)` : ''
  return `${which} was refused, so none is there, and it is tried again: ${words}${hint}`
}
