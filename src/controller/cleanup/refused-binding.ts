import type { Binding } from '../../api/kinds/role-access.ts'
import { iMay, type ResourceAttributes } from '../../cluster/client/access-review.ts'
import type { Client } from '../../cluster/client/client.ts'
import { resourceOf } from '../../cluster/client/resources.ts'
import { rbac } from '../../provision/exec/exec-objects.ts'
import type { Manifest } from '../../api/manifest.ts'
import { refusalOf, type BindingRefusal } from './binding-refusal.ts'

/**
 * The first of these bindings that cannot be made, as a dry run of each shows; undefined where all can.
 *
 * What Sallyport holds itself, such as pods/exec, the API server lets it give without a word. Nobody listed that for the
 * binder, so it must hold `bind` in any case.
 */
export async function refusedBinding(
  client: Client,
  bindings: readonly Manifest[],
  signal: AbortSignal,
): Promise<BindingRefusal | undefined> {
  for (const manifest of bindings) {
    const refused = await refusedOne(client, manifest, signal)
    if (refused) return refused
  }
  return undefined
}

async function refusedOne(
  client: Client,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<BindingRefusal | undefined> {
  const { name } = manifest.metadata
  try {
    await client.tryApply(resourceOf(manifest.kind), manifest, signal)
    if (await iMay(client, bindOf(manifest), signal)) return undefined
    return { name, words: 'Sallyport does not hold bind on it', isUnlisted: true, isPassing: false }
  } catch (error) {
    return refusalOf(error, name)
  }
}

function bindOf({ metadata: { namespace }, ...manifest }: Manifest): ResourceAttributes {
  const { kind, name } = manifest['roleRef'] as Binding['roleRef']
  const resource = kind === 'Role' ? 'roles' : 'clusterroles'
  return { verb: 'bind', group: rbac, resource, name, ...(namespace !== undefined && { namespace }) }
}
