import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createBackoff, watchBackoff } from '../../../../src/cluster/queue/backoff.ts'
import { createFakeClock } from '../fake-clock.ts'

const almostOne = 1 - Number.EPSILON

it('doubles the upper end up to the cap', () => {
  const backoff = createBackoff({ ...watchBackoff, clock: createFakeClock(), random: () => almostOne })

  const delays = Array.from({ length: 8 }, () => Math.round(backoff.next()))

  expect(delays).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000])
})

it('starts anew after a quiet time, counted from the end of the last wait', async () => {
  const clock = createFakeClock()
  const backoff = createBackoff({ ...watchBackoff, clock, random: () => almostOne })
  for (let failure = 0; failure < 10; failure += 1) backoff.next()

  await clock.advance(watchBackoff.capMs + watchBackoff.resetAfterMs - 1_000)
  const stillLong = backoff.next()
  await clock.advance(watchBackoff.capMs + watchBackoff.resetAfterMs)

  expect(Math.round(stillLong)).toBe(watchBackoff.capMs)
  expect(Math.round(backoff.next())).toBe(watchBackoff.initialMs)
})

it('never undercuts what the server asked for, and never exceeds the cap otherwise', () => {
  const failures = fc.array(
    fc.record({ atLeastMs: fc.nat(60_000), random: fc.double({ min: 0, max: almostOne, noNaN: true }) }),
  )

  fc.assert(
    fc.property(failures, (all) => {
      const rolls = all.map(({ random }) => random)
      const random = () => rolls.shift() ?? 0
      const backoff = createBackoff({ ...watchBackoff, clock: createFakeClock(), random })
      for (const { atLeastMs } of all) {
        const delay = backoff.next(atLeastMs)
        expect(delay).toBeGreaterThanOrEqual(atLeastMs)
        expect(delay).toBeLessThanOrEqual(Math.max(atLeastMs, watchBackoff.capMs))
      }
    }),
  )
})
