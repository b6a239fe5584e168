import { until } from '../../fixtures/until.ts'
import { readClusterState } from './cluster-state.ts'
import type { Model } from './model.ts'
import { probeAll } from './probe.ts'
import { safetyWrongs } from './safety.ts'
import { stillToDo } from './settled.ts'
import type { World } from './world.ts'

// A leader that was killed is succeeded within 2 s, once its Lease is gone; all else takes some ms.
const settleMs = 20_000

/** What must be true after each step: of what is safe at once, of what is to be done soon. */
export async function verify(model: Model, world: World): Promise<void> {
  const { admin } = world.as
  fail(world, safetyWrongs(model, await readClusterState(admin, world.namespace)))
  fail(world, await probeAll(world, model, false))
  if (model.paused) return
  let left: readonly string[] = []
  const settled = until(
    'the cluster is what the model says',
    async () => {
      const state = await readClusterState(admin, world.namespace)
      fail(world, safetyWrongs(model, state))
      left = stillToDo(model, state)
      return left.length === 0
    },
    settleMs,
  )
  await settled.catch((error: unknown) => {
    fail(world, left)
    throw error
  })
  fail(world, world.vigil.wrongs)
  await untilDenialsFit(model, world)
}

/** The API server's own authorizer sees what was unbound some ms later: only which door said no may change with it. */
async function untilDenialsFit(model: Model, world: World): Promise<void> {
  let wrongs: readonly string[] = []
  const fit = until(
    'the denials fit',
    async () => {
      wrongs = await probeAll(world, model, true)
      fail(
        world,
        wrongs.filter((wrong) => !wrong.startsWith('denied by')),
      )
      return wrongs.length === 0
    },
    2_000,
  )
  await fit.catch(() => {
    fail(world, wrongs)
  })
}

/** Fails where something is wrong. */
export function fail({ story }: World, wrongs: readonly string[]): void {
  if (wrongs.length === 0) return
  throw new Error(`${wrongs.join('\n')}\nafter:\n${story.map((line, index) => `${index + 1}. ${line}`).join('\n')}`)
}
