import { expect, test } from '@jest/globals'
import { createEventBudget } from '../../../../src/audit/kubernetes-events/event-budget.ts'

test('a namespace has a burst, and then so many a second', () => {
  let now = 0
  const budget = createEventBudget(() => now, { burst: 3, perSecond: 2 })
  const many = (namespace: string): number =>
    Array.from({ length: 10 }, () => budget.take(namespace)).filter(Boolean).length

  expect(many('noisy')).toBe(3)
  now += 1_000
  expect(many('noisy')).toBe(2)
  now += 3_600_000
  expect(many('noisy')).toBe(3)
})

test('the noise of one takes nothing from another', () => {
  const budget = createEventBudget(() => 0, { burst: 1, perSecond: 1 })
  budget.take('noisy')

  expect(budget.isSpent('noisy')).toBe(true)
  expect(budget.isSpent('quiet')).toBe(false)
})
