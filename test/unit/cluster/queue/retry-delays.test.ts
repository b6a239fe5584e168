import { expect, test } from '@jest/globals'
import { KubeApiError } from '../../../../src/cluster/client/api-error.ts'
import { createRetryDelays } from '../../../../src/cluster/queue/retry-delays.ts'

const error = new Error('no')

test('each failure in a row doubles the delay of its key, up to a minute', () => {
  const delays = createRetryDelays()
  const first = Array.from({ length: 15 }, () => delays.next('a', error))

  expect(first.slice(0, 4)).toEqual([5, 10, 20, 40])
  expect(first.at(-1)).toBe(60_000)
  expect(delays.next('b', error)).toBe(5)
})

test('a key that did not fail begins anew', () => {
  const delays = createRetryDelays()
  delays.next('a', error)
  delays.forget('a')

  expect(delays.next('a', error)).toBe(5)
})

test('what the API server asks for is heeded, but for no longer than a minute', () => {
  const asked = (retryAfterMs: number): KubeApiError => new KubeApiError('busy', { status: 429, retryAfterMs })
  const delays = createRetryDelays()

  expect([delays.next('a', asked(3_000)), delays.next('b', asked(300_000))]).toEqual([3_000, 60_000])
})
