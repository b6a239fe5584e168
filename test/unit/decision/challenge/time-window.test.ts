import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { weekdays, type TimeWindow } from '../../../../src/api/kinds/challenge.ts'
import { inZone, nextOpening } from '../../../../src/decision/challenge/time-window.ts'
import { isTimeZone } from '../../../../src/decision/challenge/time-zone.ts'

const minute = 60_000
const day = 1_440 * minute
const at = (text: string): number => Date.parse(text)
const berlin = (from: string, to: string, more: Partial<TimeWindow> = {}): TimeWindow => ({
  timeZone: 'Europe/Berlin',
  from,
  to,
  ...more,
})

function opening(window: TimeWindow, from: string): readonly [string, string] | undefined {
  const found = nextOpening([window], at(from))
  if (!found) return undefined
  return [iso(found.start), found.end === Infinity ? 'never' : iso(found.end)]
}

const iso = (instant: number): string => new Date(instant).toISOString().replace(':00.000Z', 'Z')

describe('a window is open, or opens next,', () => {
  test.each<[string, TimeWindow, string, readonly [string, string]]>([
    [
      'from its first minute',
      berlin('09:00', '18:00'),
      '2026-11-23T08:00Z',
      ['2026-11-23T08:00Z', '2026-11-23T17:00Z'],
    ],
    [
      'to its last millisecond',
      berlin('09:00', '18:00'),
      '2026-11-23T16:59:59.999Z',
      ['2026-11-23T16:59:59.999Z', '2026-11-23T17:00Z'],
    ],
    ['and no longer', berlin('09:00', '18:00'), '2026-11-23T17:00Z', ['2026-11-24T08:00Z', '2026-11-24T17:00Z']],
    [
      'on its days',
      berlin('09:00', '18:00', { days: ['Mon', 'Tue'] }),
      '2026-11-24T17:00Z',
      ['2026-11-30T08:00Z', '2026-11-30T17:00Z'],
    ],
    [
      'over midnight, by the day on which it began',
      berlin('22:00', '06:00', { days: ['Fri'] }),
      '2026-11-28T03:00Z',
      ['2026-11-28T03:00Z', '2026-11-28T05:00Z'],
    ],
    [
      'but not before midnight of another day',
      berlin('22:00', '06:00', { days: ['Fri'] }),
      '2026-11-28T21:30Z',
      ['2026-12-04T21:00Z', '2026-12-05T05:00Z'],
    ],
    ['to the end of a day', berlin('18:00', '24:00'), '2026-11-23T20:00Z', ['2026-11-23T20:00Z', '2026-11-23T23:00Z']],
    [
      'for whole days on end',
      berlin('00:00', '24:00', { days: ['Mon', 'Tue', 'Wed'] }),
      '2026-11-24T10:00Z',
      ['2026-11-24T10:00Z', '2026-11-25T23:00Z'],
    ],
    ['for ever', berlin('00:00', '24:00'), '2026-11-24T10:00Z', ['2026-11-24T10:00Z', 'never']],
    // Clocks go from 02:00 to 03:00 on 2027-03-28.
    [
      'at 03:00 where it should at 02:30, which is skipped',
      berlin('02:30', '05:00'),
      '2027-03-28T00:00Z',
      ['2027-03-28T01:00Z', '2027-03-28T03:00Z'],
    ],
    [
      'until 03:00 where it should until 02:30, which is skipped',
      berlin('22:00', '02:30'),
      '2027-03-27T21:00Z',
      ['2027-03-27T21:00Z', '2027-03-28T01:00Z'],
    ],
    [
      'not at all in an hour that is skipped',
      berlin('02:15', '02:45', { days: ['Sun'] }),
      '2027-03-28T00:00Z',
      ['2027-04-04T00:15Z', '2027-04-04T00:45Z'],
    ],
    ['an hour less', berlin('00:00', '06:00'), '2027-03-27T23:00Z', ['2027-03-27T23:00Z', '2027-03-28T04:00Z']],
    // Clocks go from 03:00 back to 02:00 on 2026-10-25.
    ['an hour more', berlin('00:00', '06:00'), '2026-10-24T22:00Z', ['2026-10-24T22:00Z', '2026-10-25T05:00Z']],
    [
      'in an hour that comes twice',
      berlin('02:00', '02:30'),
      '2026-10-24T22:00Z',
      ['2026-10-25T00:00Z', '2026-10-25T00:30Z'],
    ],
    ['both times', berlin('02:00', '02:30'), '2026-10-25T00:30Z', ['2026-10-25T01:00Z', '2026-10-25T01:30Z']],
    [
      'where clocks go forward half an hour',
      { timeZone: 'Australia/Lord_Howe', from: '02:00', to: '03:00' },
      '2026-10-03T15:00Z',
      ['2026-10-03T15:30Z', '2026-10-03T16:00Z'],
    ],
    [
      'where clocks are 45 minutes off',
      { timeZone: 'Asia/Kathmandu', from: '09:00', to: '18:00' },
      '2026-11-23T00:00Z',
      ['2026-11-23T03:15Z', '2026-11-23T12:15Z'],
    ],
    [
      'where the day is another',
      { timeZone: 'Pacific/Kiritimati', days: ['Tue'], from: '00:00', to: '01:00' },
      '2026-11-23T00:00Z',
      ['2026-11-23T10:00Z', '2026-11-23T11:00Z'],
    ],
    [
      'around a Friday that never was',
      { timeZone: 'Pacific/Apia', days: ['Fri'], from: '08:00', to: '09:00' },
      '2011-12-29T00:00Z',
      ['2012-01-05T18:00Z', '2012-01-05T19:00Z'],
    ],
  ])('%s', (_title, window, from, expected) => {
    expect(opening(window, from)).toEqual(expected)
  })
})

describe('several windows', () => {
  test('are open while all are', () => {
    const windows = [berlin('09:00', '18:00'), { timeZone: 'America/New_York', from: '09:00', to: '17:00' }]

    expect(nextOpening(windows, at('2026-11-23T00:00Z'))).toEqual({
      start: at('2026-11-23T14:00Z'),
      end: at('2026-11-23T17:00Z'),
    })
  })

  test('may be open together only while the clocks of one zone are changed', () => {
    const windows = [berlin('09:00', '10:00'), { timeZone: 'UTC', from: '07:00', to: '08:00' }]

    expect(nextOpening(windows, at('2026-11-23T00:00Z'))).toEqual({
      start: at('2027-03-28T07:00Z'),
      end: at('2027-03-28T08:00Z'),
    })
  })

  test('may never be open together', () => {
    const windows = [berlin('09:00', '18:00', { days: ['Mon'] }), berlin('09:00', '18:00', { days: ['Tue'] })]

    expect(nextOpening(windows, at('2026-11-23T00:00Z'))).toBeUndefined()
  })

  test('that are none are always open', () => {
    expect(nextOpening([], 5)).toEqual({ start: 5, end: Infinity })
  })
})

// True if the window is open at the local time. It reads the clock minute by minute, and asks Intl in another way than
// the code.
function isOpenByTheClock(window: TimeWindow, instant: number): boolean {
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone: window.timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(instant)
  const [weekday = '', time = ''] = text.split(/[ ,]+/)
  const today = weekdays.findIndex((name) => name === weekday)
  const opened = (index: number): boolean => {
    const name = weekdays[(index + 7) % 7]
    return name !== undefined && (window.days ?? weekdays).includes(name)
  }
  if (window.from < window.to) return opened(today) && time >= window.from && time < window.to
  return (opened(today) && time >= window.from) || (opened(today - 1) && time < window.to)
}

const clock = (from: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: from, max: 95 + from })
    .map((quarter) => `${pad(Math.floor(quarter / 4))}:${pad((quarter % 4) * 15)}`)
const pad = (number: number): string => String(number).padStart(2, '0')

// The days around a change of the clocks, and an ordinary day.
const changes: readonly (readonly [string, string])[] = [
  ['Europe/Berlin', '2027-03-28T01:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00Z'],
  ['America/New_York', '2027-03-14T07:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ['Australia/Lord_Howe', '2027-04-03T15:00Z'],
  ['Asia/Kathmandu', '2026-11-23T00:00Z'],
  ['America/Santiago', '2026-09-06T04:00Z'],
  ['Africa/Casablanca', '2027-02-07T02:00Z'],
  ['UTC', '2026-11-23T00:00Z'],
]

const windows = fc
  .record({
    where: fc.constantFrom(...changes),
    from: clock(0),
    to: clock(1),
    days: fc.option(fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }), { nil: undefined }),
    before: fc.integer({ min: -3 * 96, max: 96 }),
  })
  .filter(({ from, to }) => from !== to)
  .map(({ where: [timeZone, change], from, to, days, before }) => ({
    window: { timeZone, from, to, ...(days && { days }) },
    start: at(change) + before * 15 * minute,
  }))

test('it opens and closes when the clock on the wall says so, through changes of the clocks', () => {
  fc.assert(
    fc.property(windows, ({ window, start }) => {
      const found = nextOpening([window], start)
      // Every change of clocks and every boundary is at a quarter of an hour, so nothing happens in between.
      for (let time = start; time < start + 9 * day; time += 15 * minute) {
        const open = isOpenByTheClock(window, time)
        if (found && time >= found.end) {
          expect(open).toBe(false)
          break
        }
        expect(open).toBe(found !== undefined && time >= found.start)
      }
    }),
    { numRuns: 150 },
  )
})

test('it is open at its opening, and shut when it closes', () => {
  fc.assert(
    fc.property(windows, fc.nat(900_000), ({ window, start }, more) => {
      const from = start + more
      const found = nextOpening([window], from)
      expect(found?.start).toBeGreaterThanOrEqual(from)
      if (!found || found.end === Infinity) return
      expect(nextOpening([window], found.start)?.start).toBe(found.start)
      expect(nextOpening([window], found.end - 1)?.start).toBe(found.end - 1)
      expect(nextOpening([window], found.end)?.start).toBeGreaterThan(found.end)
      if (found.start > from) expect(nextOpening([window], found.start - 1)?.start).toBe(found.start)
    }),
    { numRuns: 150 },
  )
})

test('every zone that Node lists can be used, and nothing else', () => {
  for (const zone of [...Intl.supportedValuesOf('timeZone'), 'UTC', 'US/Eastern']) expect(isTimeZone(zone)).toBe(true)
  for (const zone of ['Europe/Berlim', '', 'Mars/Base', '../etc/passwd']) expect(isTimeZone(zone)).toBe(false)
})

test('an opening is told as people there read it', () => {
  expect(inZone(berlin('09:00', '18:00'), at('2026-11-23T08:00Z'))).toBe('Mon 2026-11-23 09:00 in Europe/Berlin')
})
