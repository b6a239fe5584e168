import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createAlarm, type Alarm } from '../../../../src/cluster/queue/alarm.ts'
import { createFakeClock, type FakeClock } from '../fake-clock.ts'

let clock: FakeClock
let alarm: Alarm
let due: string[]
let stop: () => Promise<void>

beforeEach(() => {
  clock = createFakeClock()
  alarm = createAlarm(clock)
  due = []
  const end = new AbortController()
  const running = alarm.run((key) => due.push(key), end.signal)
  stop = () => {
    end.abort()
    alarm.wake()
    return running
  }
})
afterEach(() => stop())

test('each key is handed over when its moment comes, also where an earlier one is set later', async () => {
  alarm.set('late', 300)
  alarm.set('early', 100)
  await clock.advance(99)
  expect(due).toEqual([])
  await clock.advance(1)
  expect(due).toEqual(['early'])
  await clock.advance(200)
  expect(due).toEqual(['early', 'late'])
})

test('of several moments for one key the earliest counts, and the key comes once', async () => {
  for (const at of [200, 100, 300]) alarm.set('key', at)
  await clock.advance(1_000)

  expect(due).toEqual(['key'])
})

test('a moment that is none is refused', () => {
  expect(() => {
    alarm.set('key', NaN)
  }).toThrow(RangeError)
})

test('no sleep is left once it has stopped', async () => {
  alarm.set('key', 100)
  await stop()

  expect(clock.sleepers()).toBe(0)
})
