import { expect, test } from '@jest/globals'
import { createWaryClock } from '../../../../src/cluster/clock/wary-clock.ts'

const hour = 3_600_000
const minute = 60_000

function clockAt(start: number): {
  readonly look: () => readonly [earliest: number, latest: number]
  readonly pass: (ms: number) => void
  readonly leap: (ms: number) => void
} {
  let [steady, timeOfDay] = [7 * hour, start]
  const clock = createWaryClock({ timeOfDay: () => timeOfDay, steady: () => steady })
  return {
    look: () => [clock.earliest(), clock.now()],
    pass(ms) {
      steady += ms
      timeOfDay += ms
    },
    leap(ms) {
      timeOfDay += ms
    },
  }
}

test('it is the time of day, also where that is corrected little by little', () => {
  const clock = clockAt(100 * hour)
  let expected = 100 * hour
  for (let round = 0; round < 100; round += 1) {
    clock.pass(minute)
    clock.leap(-500)
    expected += minute - 500
    expect(clock.look()).toEqual([expected, expected])
  }
})

test('put back, it has not gone back for what ends', () => {
  const clock = clockAt(100 * hour)
  clock.leap(-hour)
  clock.pass(minute)

  expect(clock.look()).toEqual([99 * hour + minute, 100 * hour + minute])
})

test('put forward, it has not gone forward for what begins', () => {
  const clock = clockAt(100 * hour)
  clock.leap(hour)
  clock.pass(minute)

  expect(clock.look()).toEqual([100 * hour + minute, 101 * hour + minute])
})

test.each([hour, -hour])('a time of day that has stayed %p ms off for five minutes is believed', (ms) => {
  const clock = clockAt(100 * hour)
  clock.leap(ms)
  clock.look()
  clock.pass(5 * minute - 1)
  expect(new Set(clock.look()).size).toBe(2)

  clock.pass(1)

  expect(clock.look()).toEqual([100 * hour + ms + 5 * minute, 100 * hour + ms + 5 * minute])
})

test('a time of day that is put right again is never doubted longer', () => {
  const clock = clockAt(100 * hour)
  clock.leap(hour)
  clock.look()
  clock.leap(-hour)

  expect(clock.look()).toEqual([100 * hour, 100 * hour])
})

test('each leap is doubted for five minutes of its own', () => {
  const clock = clockAt(100 * hour)
  clock.leap(hour)
  clock.look()
  clock.pass(4 * minute)
  clock.leap(hour)
  clock.look()
  clock.pass(4 * minute)

  expect(clock.look()).toEqual([100 * hour + 8 * minute, 102 * hour + 8 * minute])
})
