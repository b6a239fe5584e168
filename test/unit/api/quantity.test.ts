import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseQuantity } from '../../../src/api/quantity.ts'

const whole = (amount: bigint): bigint => amount * 10n ** 9n

describe('a quantity is read as Kubernetes reads it:', () => {
  test.each<[string | number, bigint]>([
    ['0', 0n],
    ['2', whole(2n)],
    [2, whole(2n)],
    ['+2', whole(2n)],
    ['500m', 500_000_000n],
    ['1.5', 1_500_000_000n],
    ['.5', 500_000_000n],
    ['1.', whole(1n)],
    ['1n', 1n],
    ['1u', 1_000n],
    ['1k', whole(1_000n)],
    ['1M', whole(1_000_000n)],
    ['1G', whole(10n ** 9n)],
    ['1T', whole(10n ** 12n)],
    ['1P', whole(10n ** 15n)],
    ['1E', whole(10n ** 18n)],
    ['1Ki', whole(1_024n)],
    ['1Mi', whole(1_024n ** 2n)],
    ['1.5Gi', whole((3n * 1_024n ** 3n) / 2n)],
    ['1Ti', whole(1_024n ** 4n)],
    ['1Pi', whole(1_024n ** 5n)],
    ['7Ei', whole(7n * 1_024n ** 6n)],
    ['1e3', whole(1_000n)],
    ['1E3', whole(1_000n)],
    ['1e+3', whole(1_000n)],
    ['1500e-3', 1_500_000_000n],
    // An amount finer than a billionth is rounded up.
    ['0.1n', 1n],
    ['1.0000000001', 1_000_000_001n],
    ['1e-12', 1n],
    ['9223372036854775807', whole(2n ** 63n - 1n)],
  ])('%j', (text, amount) => {
    expect(parseQuantity(text)).toBe(amount)
  })
})

describe('no quantity:', () => {
  test.each([
    '',
    ' 1',
    '1 ',
    '1 Gi',
    '-1',
    '.',
    '+',
    'Gi',
    '1gi',
    '1K',
    '1KI',
    '1Gib',
    '1e',
    '1e1.5',
    '1e999',
    '1e99',
    '1.2.3',
    '0x10',
    '١',
    'Infinity',
    'NaN',
    '8Ei',
    '9223372036854775808',
    '1'.repeat(41),
    -1,
    Infinity,
    NaN,
  ])('%j', (text) => {
    expect(parseQuantity(text)).toBeUndefined()
  })
})

const suffixes = ['n', 'u', 'm', '', 'k', 'M', 'Ki', 'Mi', 'e3', 'E-2']

test('amounts compare as numbers, whatever they are written in', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.constantFrom(...suffixes), (a, b, suffix) => {
      const [left, right] = [parseQuantity(`${a}${suffix}`), parseQuantity(`${b}${suffix}`)]
      expect(left !== undefined && right !== undefined && left < right).toBe(
        // An amount that is cut to billionths is rounded up, but never past the next whole step.
        a < b && left !== right,
      )
    }),
  )
})

test('whatever is thrown at it, it answers', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.eEinumkKMGTP+-]{0,60}$/)), (text) => {
      const amount = parseQuantity(text)
      expect(amount === undefined || amount >= 0n).toBe(true)
    }),
  )
})
