import type { Client } from './client.ts'
import type { KubeObject } from './resource.ts'
import { resourceOf } from './resources.ts'

export type ApplySet = (
  owner: { readonly uid: string },
  desired: readonly KubeObject[],
  observed: readonly KubeObject[],
  signal: AbortSignal,
) => Promise<{ written: number; pruned: number }>

export function applySetOf(client: Client): ApplySet {
  return async (_owner, desired, observed, signal) => {
    for (const object of desired) {
      if (observed.some((one) => one.kind === object.kind && one.metadata.name === object.metadata.name)) continue
      await client.apply(resourceOf(object.kind), object, signal)
    }
    const stale = observed.filter(
      (one) => !desired.some((object) => one.kind === object.kind && one.metadata.name === object.metadata.name),
    )
    for (const { kind, metadata } of stale)
      await client.remove(
        resourceOf(kind),
        { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
        signal,
      )
    return { written: desired.length, pruned: stale.length }
  }
}
