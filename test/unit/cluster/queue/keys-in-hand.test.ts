import { expect, test } from '@jest/globals'
import { createKeysInHand } from '../../../../src/cluster/queue/keys-in-hand.ts'

const groupOf = (key: string): string => key.slice(0, key.indexOf('/'))

test('a key waits once however often it is added', () => {
  const keys = createKeysInHand(groupOf)
  for (const key of ['a/1', 'a/1', 'a/2']) keys.add(key)

  expect([keys.take(), keys.take(), keys.take()].map((turn) => turn?.item)).toEqual(['a/1', 'a/2', undefined])
})

test('a key in hand is not handed to another; added meanwhile, it is to be added again once it is done', () => {
  const keys = createKeysInHand(groupOf)
  keys.add('a/1')
  keys.take()
  keys.add('a/1')

  expect(keys.take()).toBeUndefined()
  expect([keys.done('a/1'), keys.done('a/1')]).toEqual([true, false])
})

test('a key that is kept is to be added again', () => {
  const keys = createKeysInHand(groupOf)
  keys.add('a/1')
  keys.take()
  keys.keep('a/1')

  expect(keys.done('a/1')).toBe(true)
})

test('a group that has a turn comes after all others, until its turn has ended', () => {
  const keys = createKeysInHand(groupOf)
  for (const key of ['a/1', 'a/2', 'b/1', 'b/2']) keys.add(key)
  const first = keys.take()
  expect([first?.item, keys.take()?.item]).toEqual(['a/1', 'b/1'])

  keys.endTurn('b')
  expect(keys.take()?.item).toBe('b/2')
})
