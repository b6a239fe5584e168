import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseDuration } from '../../../src/api/duration.ts'

test.each([
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['300ms', 300],
  ['1µs', 0.001],
  ['.5s', 500],
  ['5s', 5_000],
  ['0', 0],
  ['0s', 0],
])('%s', (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 9)
})

test.each(['', '5', '-5s', '1d', '1h30', 's', '1 h', '1h ', 'PT1H', '1e3s', `${'1'.repeat(70)}s`])(
  '"%s" is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)

test('whole seconds survive the way there and back', () => {
  fc.assert(
    fc.property(fc.nat(8_760 * 3_600), (seconds) => {
      const text = `${Math.floor(seconds / 3_600)}h${Math.floor((seconds % 3_600) / 60)}m${seconds % 60}s`

      expect(parseDuration(text)).toBe(seconds * 1_000)
    }),
  )
})
