import { expect, test } from '@jest/globals'
import { createByteBudget } from '../../../src/server/byte-budget.ts'

const ki = 1024
const mi = ki * ki

test('a place is counted with what a call holds beside its body, until it is given back', () => {
  const budget = createByteBudget(16 * mi)

  const place = budget.take(mi)
  expect(budget.taken).toBe(mi + 16 * ki)

  place?.release()
  expect(budget.taken).toBe(0)
})

test('a place that is given back twice counts once', () => {
  const budget = createByteBudget(16 * mi)
  const [one] = [budget.take(mi), budget.take(mi)]

  one?.release()
  one?.release()

  expect(budget.taken).toBe(mi + 16 * ki)
})

test('large bodies leave a quarter to small ones, and those end at the limit', () => {
  const budget = createByteBudget(16 * mi)

  expect(takeAll(budget, mi)).toBe(11)
  expect(budget.taken).toBeLessThanOrEqual(12 * mi)
  expect(budget.take(64 * ki + 1)).toBeDefined()
  expect(takeAll(budget, 64 * ki)).toBeGreaterThanOrEqual(51)
  expect(budget.take(64 * ki)).toBeUndefined()
  expect(budget.taken).toBeLessThanOrEqual(16 * mi)
})

test('empty bodies are bounded, too', () => {
  expect(takeAll(createByteBudget(16 * mi), 0)).toBe(1024)
})

function takeAll(budget: ReturnType<typeof createByteBudget>, bytes: number): number {
  let places = 0
  while (budget.take(bytes) !== undefined) places++
  return places
}
