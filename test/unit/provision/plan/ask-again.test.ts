import { expect, test } from '@jest/globals'
import { askAgainAfter } from '../../../../src/provision/plan/ask-again.ts'
import { active, at } from '../../../fixtures/example-access.ts'

const request = active()
const approved = Date.parse(request.status?.approvedAt ?? '')

test.each([
  ['at once', 0, 5],
  ['at once by a clock that was set back', -60_000, 5],
  ['later', 400, 100],
  ['a second later at most', 3_600_000, 1_000],
])('whether RBAC is in effect is asked again %s', (_title, sinceMs, afterMs) => {
  expect(askAgainAfter(request, approved + sinceMs)).toBe(afterMs)
})

test('counted from when it begins', () => {
  const startAt = '2026-11-22T08:00:00.000000Z'
  const later = { ...request, spec: { ...request.spec, startAt } }

  expect(askAgainAfter(later, Date.parse(startAt))).toBe(5)
  expect(askAgainAfter({ ...request, status: {} }, at('12:00:00'))).toBe(1_000)
})
