import { accessRequestKind } from '../../../src/api/kinds/access-request.ts'
import { until } from '../../fixtures/until.ts'
import { readClusterState } from './cluster-state.ts'
import type { Model } from './model.ts'
import { fail } from './verify.ts'
import type { World } from './world.ts'

const goneMs = 20_000

/** Deletes everything. After that nothing may be left. */
export async function endRound(model: Model, world: World): Promise<void> {
  const { as, namespace, replicas } = world
  if (model.paused) await replicas.resume()
  if (model.offsetMs !== 0) await replicas.setClock(0)
  const { requests } = await readClusterState(as.admin, namespace)
  for (const { metadata } of requests) {
    await as.admin.remove(accessRequestKind, { namespace, name: metadata.name })
    model.deleted.add(metadata.uid)
  }
  let left = ''
  const gone = until(
    'nothing is left',
    async () => {
      const { requests, grants, passes, roles, bindings } = await readClusterState(as.admin, namespace)
      // Uses stay: deleting a request does not give its use back.
      const all = [requests, grants, passes, roles, bindings].flat()
      left = JSON.stringify(all)
      return all.length === 0
    },
    goneMs,
  )
  await gone.catch(() => {
    fail(world, [`left behind: ${left}`])
  })
}
