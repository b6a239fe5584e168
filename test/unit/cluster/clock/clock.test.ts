import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { steadyClock } from '../../../../src/cluster/clock/clock.ts'
import { createWaryClock } from '../../../../src/cluster/clock/wary-clock.ts'

afterEach(() => {
  jest.useRealTimers()
})

describe.each([
  ['the time of day', createWaryClock()],
  ['the steady clock', steadyClock],
])('%s', (_, clock) => {
  it('never wakes early', async () => {
    const { signal } = new AbortController()

    for (let round = 0; round < 20; round += 1) {
      const at = clock.now() + 1 + Math.random() * 3
      await clock.sleepUntil(at, signal)
      expect(clock.now()).toBeGreaterThanOrEqual(at)
    }
  })

  it('wakes at once where the moment has passed', async () => {
    await expect(clock.sleepUntil(clock.now() - 1, new AbortController().signal)).resolves.toBeUndefined()
  })

  it.each([-1, 60_000, Infinity])('rejects with the reason of the abort, asleep or not (%p ms ahead)', async (ms) => {
    const before = AbortSignal.abort(new Error('stopped'))
    const during = new AbortController()

    const asleep = clock.sleepUntil(clock.now() + Math.abs(ms), during.signal)
    during.abort(new Error('stopped'))

    await expect(clock.sleepUntil(clock.now() + ms, before)).rejects.toThrow('stopped')
    await expect(asleep).rejects.toThrow('stopped')
  })

  it('refuses a time that is none', async () => {
    await expect(clock.sleepUntil(NaN, new AbortController().signal)).rejects.toThrow(RangeError)
  })
})

it('sleeps longer than a timer can (24.8 days) and leaves no timer behind', async () => {
  jest.useFakeTimers()
  const abort = new AbortController()
  const days = 40 * 86_400_000
  let woken = false

  const sleep = createWaryClock()
    .sleepUntil(Date.now() + days, abort.signal)
    .then(() => (woken = true))
  await jest.advanceTimersByTimeAsync(days - 1)
  expect(woken).toBe(false)
  await jest.advanceTimersByTimeAsync(1)
  await sleep

  expect(woken).toBe(true)
  expect(jest.getTimerCount()).toBe(0)
})

it('leaves no timer behind when it is called off', async () => {
  jest.useFakeTimers()
  const abort = new AbortController()

  const sleep = createWaryClock().sleepUntil(Infinity, abort.signal)
  abort.abort()

  await expect(sleep).rejects.toThrow()
  expect(jest.getTimerCount()).toBe(0)
})

it('notices within ten seconds that the time of day was put forward', async () => {
  jest.useFakeTimers()
  let woken = false

  const sleep = createWaryClock()
    .sleepUntil(Date.now() + 86_400_000, new AbortController().signal)
    .then(() => (woken = true))
  jest.setSystemTime(Date.now() + 2 * 86_400_000)
  await jest.advanceTimersByTimeAsync(10_000)
  await sleep

  expect(woken).toBe(true)
})
