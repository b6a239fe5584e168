import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { fromMicroTime, toMicroTime } from '../../../src/api/micro-time.ts'

const noon = Date.UTC(2026, 10, 22, 12)

describe('MicroTime', () => {
  it.each([
    [noon, '2026-11-22T12:00:00.000000Z'],
    [noon + 7, '2026-11-22T12:00:00.007000Z'],
    [noon + 0.007, '2026-11-22T12:00:00.000007Z'],
    [noon + 999.9999, '2026-11-22T12:00:01.000000Z'],
    [-1, '1969-12-31T23:59:59.999000Z'],
  ])('writes %d as %s', (instant, text) => {
    expect(toMicroTime(instant)).toBe(text)
  })

  it.each([NaN, Infinity, 8.64e15])('refuses to write %d', (instant) => {
    expect(() => toMicroTime(instant)).toThrow(RangeError)
  })

  it.each([
    ['2026-11-22T12:00:00Z', noon],
    ['2026-11-22T13:30:00+01:30', noon],
    ['2026-11-22T10:30:00.250-01:30', noon + 250],
    ['2026-11-22T12:00:00.000001999Z', noon + 0.001],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('reads %s', (text, instant) => {
    expect(fromMicroTime(text)).toBeCloseTo(instant, 3)
  })

  it.each([
    '',
    'now',
    '2026-11-22',
    '2026-11-22T12:00:00',
    '2026-11-22t12:00:00z',
    '2026-02-30T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T12:00:60Z',
    '2026-11-22T12:00:00.Z',
    '2026-11-22T12:00:00+24:00',
    ' 2026-11-22T12:00:00Z',
    '2026-11-22T12:00:00Z\n',
  ])('reads %p as no time', (text) => {
    expect(fromMicroTime(text)).toBeUndefined()
  })

  it('reads back what it wrote, to the microsecond', () => {
    const micros = fc.integer({ min: 0, max: 4e15 })

    fc.assert(
      fc.property(micros, (value) => {
        const text = toMicroTime(value / 1_000)
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
        expect(toMicroTime(fromMicroTime(text) ?? NaN)).toBe(text)
        expect(Math.round((fromMicroTime(text) ?? NaN) * 1_000)).toBe(value)
      }),
    )
  })
})
