import { expect, it } from '@jest/globals'
import { createFairQueue, type FairQueue } from '../../../../src/cluster/queue/fair-queue.ts'

function taken(queue: FairQueue<number>): readonly number[] {
  const items: number[] = []
  for (let turn = queue.take(); turn; turn = queue.take()) {
    items.push(turn.item)
    queue.done(turn.group)
  }
  return items
}

it('gives groups turns, and each item once, the first of its group first', () => {
  const queue = createFairQueue<number>()
  for (const item of [1, 2, 3, 1]) queue.add('a', item)
  queue.add('b', 11)
  queue.add('b', 12)

  expect(taken(queue)).toEqual([1, 11, 2, 12, 3])
})

it('serves a group that has something in hand after those that have nothing, and yet serves it', () => {
  const queue = createFairQueue<number>()
  for (const item of [1, 2, 3]) queue.add('a', item)
  queue.take()
  queue.add('b', 11)

  expect([queue.take(), queue.take()]).toEqual([
    { group: 'b', item: 11 },
    { group: 'a', item: 2 },
  ])
})
