import { beforeEach, expect, test } from '@jest/globals'
import { createSinkHealth, type SinkHealth } from '../../../../src/audit/delivery/sink-health.ts'

let now: number
let health: SinkHealth
beforeEach(() => {
  now = 1_000
  const time = { clock: { now: () => now }, random: () => 0.5 }
  health = createSinkHealth({ initialMs: 500, capMs: 30_000, resetAfterMs: 60_000, ...time })
})

function fail(times: number): void {
  for (let index = 0; index < times; index++) health.failed()
}

test('some events that it cannot take say nothing of the sink', () => {
  fail(7)

  expect([health.atOnce(), health.pausedUntil()]).toEqual([16, -Infinity])
  expect(health.worked()).toBe(false)
})

test('one that takes nothing gets one event at a time, with a pause that grows and is not begun anew within itself', () => {
  fail(8)
  expect([health.atOnce(), health.pausedUntil()]).toEqual([1, 1_250])
  fail(3)
  expect(health.pausedUntil()).toBe(1_250)

  now = 1_250
  fail(1)
  expect(health.pausedUntil()).toBe(1_750)
})

test('one that takes an event again is well at once', () => {
  fail(8)

  expect(health.worked()).toBe(true)
  expect([health.atOnce(), health.pausedUntil(), health.worked()]).toEqual([16, -Infinity, false])
})
