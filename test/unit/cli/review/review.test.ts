import { afterEach, expect, jest, test } from '@jest/globals'
import { oneAfterTheOther } from '../../../../src/cli/review/review.ts'
import { aRequest } from '../../../fixtures/example-access.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

test.each([
  [['approve', 'skip'], 2, 0],
  [['failed', 'approve'], 2, 1],
  [['failed', 'quit'], 2, 1],
  [['quit', 'failed'], 1, 0],
] as const)('a review in which the answers lead to %j ends after %d with code %d', async (results, count, code) => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true)
  const left: number[] = []
  const reviewOne = (_request: unknown, more: number) => {
    left.push(more)
    return Promise.resolve(results[left.length - 1] ?? 'quit')
  }

  expect(await oneAfterTheOther([aRequest(), aRequest()], reviewOne)).toBe(code)
  expect(left).toEqual([1, 0].slice(0, count))
})
