import { expect, test } from '@jest/globals'
import { setImmediate as soon } from 'node:timers/promises'
import { createTurns } from '../../../src/validation/turns.ts'

test('so many work at once, the others in the order in which they came, also past a failure', async () => {
  const inTurn = createTurns(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const work = (index: number): Promise<number> =>
    inTurn(async () => {
      begun.push(index)
      await new Promise<void>((resolve) => (ends[index] = resolve))
      if (index === 1) throw new Error('it fails')
      return index
    })
  const all = Promise.allSettled([0, 1, 2, 3].map(work))

  expect(begun).toEqual([0, 1])
  ends[1]?.()
  await soon()
  expect(begun).toEqual([0, 1, 2])
  ends[2]?.()
  await soon()
  expect(begun).toEqual([0, 1, 2, 3])
  ends[0]?.()
  ends[3]?.()
  expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
})
