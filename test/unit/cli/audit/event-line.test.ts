import { expect, test } from '@jest/globals'
import type { AuditEvent } from '../../../../src/api/audit-event.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { eventLine, isWanted } from '../../../../src/cli/audit/event-line.ts'

const origin = { source: '/test', now: Date.parse('2026-11-22T08:30:00Z') }
const pending: AuditEvent = {
  ...envelope('request.pending', 'id', origin),
  subject: 'shop/look',
  data: {
    request: { namespace: 'shop', name: 'look', uid: 'u' },
    requestor: { username: 'alice' },
    message: 'waits for\nbob\u001b[2J',
  },
}

test('an event is one line, and nothing in it moves the cursor', () => {
  expect(eventLine(pending)).toBe(
    '2026-11-22T08:30:00Z  request.pending      shop/look  alice  waits for\\u000abob\\u001b[2J',
  )
})

test('an event without a text or a user is a line, too', () => {
  expect(eventLine({ ...envelope('template.changed', 'id', origin), data: {} })).toBe(
    '2026-11-22T08:30:00Z  template.changed     -  -',
  )
})

test.each([
  [{}, true],
  [{ namespace: 'shop' }, true],
  [{ namespace: 'other' }, false],
  [{ request: 'look', user: 'alice' }, true],
  [{ request: 'look', user: 'bob' }, false],
  [{ request: 'other' }, false],
])('%j is wanted: %s', (wanted, expected) => {
  expect(isWanted(pending, wanted)).toBe(expected)
})
