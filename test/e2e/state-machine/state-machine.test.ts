import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { someCommands } from './commands.ts'
import { endRound } from './round.ts'
import { createWorld, modelOf, type World } from './world.ts'

// docs/development.md says how to repeat a failure, and what runs at night.
const steps = Number(process.env['SALLYPORT_MODEL_STEPS'] ?? 150)
const firstSeed = Number(process.env['SALLYPORT_MODEL_SEED'] ?? randomInt(2 ** 31))
const shrinks = process.env['SALLYPORT_MODEL_SHRINK'] === '1'

// One round follows the other, and each begins and ends with an empty namespace.
const stepsPerRound = 120
const worstMsPerStep = 10_000

// This is not console.log, which jest keeps until the end.
const say = (line: string): void => {
  process.stderr.write(`state machine: ${line}\n`)
}

const cleanup = new AsyncDisposableStack()
let world: World

beforeAll(async () => {
  world = await createWorld('state-machine', cleanup)
})
afterAll(async () => {
  await cleanup.disposeAsync()
})

test(
  'whatever is done in whatever order, who is let in is who may be, and nothing is left behind',
  async () => {
    let taken = 0
    const begun = performance.now()
    for (let seed = firstSeed; taken < steps; seed = (seed + 1) | 0) {
      say(`SALLYPORT_MODEL_SEED=${seed}`)
      const round = fc.asyncProperty(someCommands(stepsPerRound), async (commands) => {
        const model = await modelOf(world)
        world.story.length = 0
        world.vigil.forgive()
        try {
          await fc.asyncModelRun(() => ({ model, real: world }), commands)
        } catch (error) {
          // This is for the next round, when a failure is made smaller. Faults that it finds left over are not the
          // failure.
          await endRound(model, world).catch(() => undefined)
          throw error
        }
        taken += world.story.length
        await endRound(model, world)
      })
      await fc.assert(round, { seed, numRuns: 1, endOnFailure: !shrinks })
    }
    const seconds = Math.round((performance.now() - begun) / 1_000)
    say(`${taken} steps and ${world.vigil.seen} states of requests in ${seconds} s`)
    expect(taken).toBeGreaterThanOrEqual(steps)
  },
  steps * worstMsPerStep,
)
