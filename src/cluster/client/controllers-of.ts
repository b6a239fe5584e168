import { controllerOf, longestChain } from '../../api/owner-reference.ts'
import type { Client } from './client.ts'
import type { KubeObject, Resource } from './resource.ts'

/**
 * Reads the controllers of an object as they are now, the nearest first. Each step reads one object by its name. The
 * chain ends at a kind that `kinds` lacks. It also ends where the controller is gone, or another object has its name.
 */
export async function readControllers(
  client: Pick<Client, 'get'>,
  { metadata }: Pick<KubeObject, 'metadata'>,
  kinds: readonly Resource[],
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const chain: KubeObject[] = []
  let owner = controllerOf(metadata)
  while (owner && chain.length < longestChain) {
    const { apiVersion, kind, name, uid } = owner
    const resource = kinds.find((one) => one.kind === kind && one.apiVersion === apiVersion)
    const found: KubeObject | undefined =
      resource && (await client.get(resource, { namespace: metadata.namespace, name }, signal))
    if (found?.metadata.uid !== uid) return chain
    chain.push(found)
    owner = controllerOf(found.metadata)
  }
  return chain
}
