import { setTimeout as sleep } from 'node:timers/promises'
import { readClusterState } from './cluster-state.ts'
import type { Model } from './model.ts'
import { probeAll } from './probe.ts'
import { safetyWrongs } from './safety.ts'
import { learn, stillToDo } from './settled.ts'
import type { World } from './world.ts'

// After a leader was killed, another leads within 2 s once its Lease is gone. Everything else takes some ms.
const settleMs = 20_000
// The API server's own authorizer sees an unbinding some ms later. That changes only which of the two doors refuses.
const denialMs = 2_000
const lookEveryMs = 20

/** Checks what must be true after each step: the safety rules at once, and the rest soon. */
export async function verify(model: Model, world: World): Promise<void> {
  const { namespace, as, vigil } = world
  // This comes first: what counts at once must count before the controller has seen it.
  fail(world, await probeAll(world, model, false))
  fail(world, safetyWrongs(model, await readClusterState(as.admin, namespace)))
  if (model.paused) return
  await untilNothing(world, settleMs, async () => {
    const state = await readClusterState(as.admin, namespace)
    fail(world, [...safetyWrongs(model, state), ...learn(model, state)])
    return stillToDo(model, state)
  })
  fail(world, vigil.wrongs)
  await untilNothing(world, denialMs, async () => {
    const wrongs = await probeAll(world, model, true)
    fail(
      world,
      wrongs.filter((wrong) => !wrong.startsWith('denied by')),
    )
    return wrongs
  })
}

/** Waits until nothing is wrong any more. Fails with what is still wrong. */
async function untilNothing(world: World, ms: number, look: () => Promise<readonly string[]>): Promise<void> {
  const deadline = performance.now() + ms
  for (;;) {
    const left = await look()
    if (left.length === 0) return
    if (performance.now() > deadline) fail(world, [`still so after ${ms} ms:`, ...left])
    await sleep(lookEveryMs)
  }
}

/** Fails if something is wrong. */
export function fail({ story }: World, wrongs: readonly string[]): void {
  if (wrongs.length === 0) return
  throw new Error(`${wrongs.join('\n')}\nafter:\n${story.map((line, index) => `${index + 1}. ${line}`).join('\n')}`)
}
