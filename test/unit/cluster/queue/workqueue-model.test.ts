import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createWorkqueue } from '../../../../src/cluster/queue/workqueue.ts'
import { createFakeClock, type FakeClock } from '../fake-clock.ts'

interface InHand {
  readonly key: string
  finish(isGood: boolean): void
}

/** The queue as seen from outside, and the facts that must be true of it at every moment. */
interface World {
  readonly queue: ReturnType<typeof createWorkqueue>
  readonly clock: FakeClock
  readonly inHand: InHand[]
  /** The keys that were added, put off or failed since work on them was last begun. */
  readonly owed: Set<string>
  /** The faults so far. They are kept here, because the queue would only retry after a throw in reconcile. */
  readonly wrongs: string[]
  readonly abort: AbortController
}

const key = fc.constantFrom('a', 'b', 'c')
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), key }),
  fc.record({ kind: fc.constant('addAt' as const), key, inMs: fc.nat(200) }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(100) }),
  fc.record({ kind: fc.constant('finish' as const), which: fc.nat(5), isGood: fc.boolean() }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function take(step: Step, { queue, clock, inHand, owed }: World): Promise<void> {
  switch (step.kind) {
    case 'add':
      owed.add(step.key)
      queue.add(step.key)
      return turn()
    case 'addAt':
      owed.add(step.key)
      queue.addAt(step.key, clock.now() + step.inMs)
      return turn()
    case 'advance':
      return clock.advance(step.ms)
    case 'finish': {
      const [work] = inHand.splice(step.which % Math.max(1, inHand.length), 1)
      if (work && !step.isGood) owed.add(work.key)
      work?.finish(step.isGood)
      return turn()
    }
  }
}

/** Lets all the work in hand, and all that falls due, succeed. */
async function drain(world: World): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await world.clock.advance(60_000)
    while (world.inHand.length > 0) await take({ kind: 'finish', which: 0, isGood: true }, world)
  }
}

it('never has two workers on a key, loses nothing, and begins nothing after the abort', async () => {
  const scenario = fc.record({
    steps: fc.array(step, { maxLength: 60 }),
    workers: fc.integer({ min: 1, max: 4 }),
    stopEarly: fc.boolean(),
  })

  await fc.assert(
    fc.asyncProperty(scenario, async ({ steps, workers, stopEarly }) => {
      const clock = createFakeClock()
      const world: World = {
        queue: createWorkqueue({ clock }),
        clock,
        inHand: [],
        owed: new Set(),
        wrongs: [],
        abort: new AbortController(),
      }
      const { signal } = world.abort
      const run = world.queue.run(
        (key) => {
          if (signal.aborted) world.wrongs.push(`${key} begun after the abort`)
          if (world.inHand.some((work) => work.key === key)) world.wrongs.push(`${key} with two workers`)
          if (world.inHand.length >= workers) world.wrongs.push('more work than workers')
          world.owed.delete(key)
          return new Promise((resolve, reject) => {
            const finish = (isGood: boolean) => {
              if (isGood) resolve()
              else reject(new Error('no'))
            }
            world.inHand.push({ key, finish })
          })
        },
        { workers, signal },
      )
      let isOver = false
      void run.then(() => (isOver = true))

      for (const one of steps) await take(one, world)
      if (!stopEarly) {
        await drain(world)
        expect(world.owed).toEqual(new Set())
      }
      world.abort.abort()
      await turn()
      expect(isOver).toBe(world.inHand.length === 0)
      while (world.inHand.length > 0) await take({ kind: 'finish', which: 0, isGood: true }, world)
      await run
      await clock.advance(60_000)

      expect(clock.sleepers()).toBe(0)
      expect(world.wrongs).toEqual([])
    }),
    { numRuns: 300 },
  )
})
