import type { Client } from '../cluster/client.ts'
import { release } from '../cluster/release.ts'
import { resourceOf } from '../cluster/resources.ts'
import type { Manifest } from '../provision/manifest.ts'

/**
 * Removes bindings by their names, which hold the uid of their request: what was just written is in no view yet, and one whose label
 * somebody took off is in none any more. A finalizer of somebody's holds none of them.
 */
export async function takeBack(client: Client, bindings: readonly Manifest[], signal: AbortSignal): Promise<void> {
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
