import { expect, test } from '@jest/globals'
import { KubeApiError } from '../../../src/cluster/client/api-error.ts'
import { liveReadCheck } from '../../../src/server/live-read.ts'
import { whyNotReady } from '../../../src/server/readiness.ts'

test('every problem is named with its check', async () => {
  const right = { name: 'certificate', look: () => undefined }
  const wrong = { name: 'lifecycle', look: () => 'draining' }
  const late = { name: 'API server', look: () => Promise.resolve('it does not answer') }

  expect(await whyNotReady([right])).toBeUndefined()
  expect(await whyNotReady([wrong, right, late])).toBe('lifecycle: draining; API server: it does not answer')
})

test.each([
  [new KubeApiError('no', { status: 401 }), 'it answers a read with 401'],
  [new KubeApiError('no way there'), 'it does not answer'],
  [new DOMException('late', 'TimeoutError'), 'it does not answer'],
])('a read that fails is no readiness: %s', async (error, told) => {
  const check = liveReadCheck({ get: () => Promise.reject(error) }, () => 0)

  expect(await check.look()).toBe(told)
})

test('a success is good for a second, and a failure is looked at again', async () => {
  let now = 5_000
  let reads = 0
  let works = true
  const get = (): Promise<undefined> => {
    reads++
    return works ? Promise.resolve(undefined) : Promise.reject(new Error('down'))
  }
  const check = liveReadCheck({ get }, () => now)

  expect([await check.look(), await check.look()]).toEqual([undefined, undefined])
  expect(reads).toBe(1)
  works = false
  now += 999
  expect(await check.look()).toBeUndefined()
  now += 1
  expect([await check.look(), await check.look()]).toEqual(['it does not answer', 'it does not answer'])
  expect(reads).toBe(3)
})
