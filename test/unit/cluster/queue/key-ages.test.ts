import { expect, test } from '@jest/globals'
import { createKeyAges } from '../../../../src/cluster/queue/key-ages.ts'

test('a key counts once, from the first time that it was added to its end', () => {
  let now = 0
  const ages = createKeyAges({ now: () => now })
  expect(ages.load()).toEqual({ depth: 0, oldestMs: 0 })

  expect(ages.begin('a')).toBe(true)
  now = 5
  expect([ages.begin('a'), ages.begin('b')]).toEqual([false, true])
  now = 7
  expect(ages.load()).toEqual({ depth: 2, oldestMs: 7 })

  ages.end('a')
  expect(ages.load()).toEqual({ depth: 1, oldestMs: 2 })
  ages.end('b')
  expect(ages.load()).toEqual({ depth: 0, oldestMs: 0 })
})
