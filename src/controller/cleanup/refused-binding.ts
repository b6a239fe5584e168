import type { Binding } from '../../api/kinds/access/role-access.ts'
import { iMay, type ResourceAttributes } from '../../cluster/client/access-review.ts'
import type { Client } from '../../cluster/client/client.ts'
import { resourceOf } from '../../cluster/client/resources.ts'
import { rbac } from '../../provision/exec/exec-objects.ts'
import type { Manifest } from '../../api/manifest.ts'
import { refusalOf, type BindingRefusal } from './binding-refusal.ts'

/**
 * Returns the first of these bindings that cannot be made, as a dry run of each shows. Undefined if all can be made.
 *
 * The API server lets Sallyport bind a role if Sallyport holds all rights of that role, such as pods/exec. But nobody
 * listed that role for the binder. So Sallyport must hold `bind` in any case.
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
  if (!(await mayBind(client, manifest, signal))) return { name, isPassing: false }
  try {
    await client.tryApply(resourceOf(manifest.kind), manifest, signal)
    return undefined
  } catch (error) {
    return refusalOf(error, name)
  }
}

/** Asks whether Sallyport holds `bind` on the role of a binding. */
function mayBind(client: Client, manifest: Manifest, signal: AbortSignal): Promise<boolean> {
  return iMay(client, bindOf(manifest), signal)
}

function bindOf({ metadata: { namespace }, ...manifest }: Manifest): ResourceAttributes {
  const { kind, name } = manifest['roleRef'] as Binding['roleRef']
  const resource = kind === 'Role' ? 'roles' : 'clusterroles'
  return { verb: 'bind', group: rbac, resource, name, ...(namespace !== undefined && { namespace }) }
}
