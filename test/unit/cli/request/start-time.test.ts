import { describe, expect, test } from '@jest/globals'
import { askedRequest } from '../../../../src/cli/request/asked-request.ts'
import { startTime } from '../../../../src/cli/request/start-time.ts'

const now = new Date(2026, 10, 21, 14, 10, 30).getTime()

describe('the time at which an access begins is read', () => {
  test.each([
    ['with its zone', '2026-11-22T08:00:00+01:00', Date.parse('2026-11-22T07:00:00Z')],
    ['with fractions', '2026-11-22T08:00:00.5Z', Date.parse('2026-11-22T08:00:00.5Z')],
    ['from now on', '+2h', now + 2 * 3_600_000],
    ['from now on, in parts', '+1h30m', now + 1.5 * 3_600_000],
    ['on the clock, later today', '14:30', new Date(2026, 10, 21, 14, 30).getTime()],
    ['on the clock, tomorrow if it is over', '9:05', new Date(2026, 10, 22, 9, 5).getTime()],
    ['on the clock, tomorrow if it is this minute', '14:10', new Date(2026, 10, 22, 14, 10).getTime()],
  ])('%s', (_what, text, expected) => {
    expect(startTime(text, now)).toBe(expected)
  })

  test.each(['', '+', '+2', '2h', '24:00', '14:60', '14', '14:30:00', '2026-02-30T08:00:00Z', '2026-11-22', '-2h'])(
    'but %j is no time',
    (text) => {
      expect(startTime(text, now)).toBeUndefined()
    },
  )
})

test('a request begins at the time that is asked for, as the API server writes it', () => {
  const parts = { namespace: 'shop', beginning: 'exec-web-0', access: { exec: { pod: 'web-0' } } }

  expect(askedRequest({ at: '2026-11-22T08:00:00+01:00' }, parts).spec).toEqual({
    startAt: '2026-11-22T07:00:00.000000Z',
    exec: { pod: 'web-0' },
  })
})
