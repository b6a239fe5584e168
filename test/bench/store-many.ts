import { setTimeout as sleep } from 'node:timers/promises'
import { accessGrantKind } from '../../src/api/kinds/access-grant.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { apply } from '../fixtures/kubectl.ts'
import { each, seconds } from './each.ts'
import type { Ground } from './ground.ts'
import { namespaces } from './places.ts'

// One place is that of the measured request, too: a gate that lists a namespace would become slower.
const places = [namespaces.gated, 'bench-store-1', 'bench-store-2', 'bench-store-3'] as const
const pollMs = 500

/** The times that storing took, in seconds. */
export interface Stored {
  readonly requests: number
  readonly grants: number
  /** The time from the last write until the controller has written the status of every request. */
  readonly settled: number
}

/** Stores so many requests by alice for pods that do not exist, each with a grant by bob. */
export async function storeMany(ground: Ground, count: number): Promise<Stored> {
  const { alice, bob } = ground
  for (const name of places) await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  const { apiVersion, kind } = accessRequestKind
  const requests = await seconds(() =>
    each(count, (index) => {
      const spec = { reason: 'bench', exec: { pod: `absent-${index}`, waitForPod: true, command: ['true'] } }
      return alice.create(accessRequestKind, { apiVersion, kind, ...named(index), spec })
    }),
  )
  const grants = await seconds(() =>
    each(count, (index) => {
      const { metadata } = named(index)
      const spec = { requestRef: { name: metadata.name }, verdict: 'Approved' }
      return bob.create(accessGrantKind, { apiVersion, kind: accessGrantKind.kind, metadata, spec })
    }),
  )
  return { requests, grants, settled: await seconds(() => untilSettled(ground)) }
}

/** Removes them all. Resolves once the controller has removed the grants of the removed requests. */
export async function removeMany({ admin }: Ground): Promise<void> {
  for (const namespace of places) {
    for (const kind of [accessGrantKind, accessRequestKind]) {
      await admin.call(pathOf(kind, { namespace }), { method: 'DELETE', timeoutMs: 300_000 })
    }
  }
  while (await isAny(admin, pathOf(accessRequestKind))) await sleep(pollMs)
}

function named(index: number): { metadata: { name: string; namespace: string } } {
  return { metadata: { name: `stored-${index}`, namespace: places[index % places.length] ?? places[0] } }
}

async function untilSettled({ admin }: Ground): Promise<void> {
  while (await isAny(admin, pathOf(accessRequestKind), 'status.phase=')) await sleep(pollMs)
}

async function isAny(admin: Ground['admin'], path: string, fieldSelector = ''): Promise<boolean> {
  const query = { limit: '1', ...(fieldSelector && { fieldSelector }) }
  return ((await admin.call(path, { query })) as { items: readonly unknown[] }).items.length > 0
}
