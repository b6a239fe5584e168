import { expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { oldestFirst, wentOnAfter } from '../../../../src/cli/request/request-times.ts'
import { active, aRequest, at, pending } from '../../../fixtures/example-access.ts'

function made(creationTimestamp: string): AccessRequest {
  const request = aRequest()
  return { ...request, metadata: { ...request.metadata, creationTimestamp } }
}

test('the oldest request comes first', () => {
  const [old, young] = [made('2026-11-20T12:00:00Z'), made('2026-11-21T11:00:00Z')]

  expect([young, old].toSorted(oldestFirst)).toEqual([old, young])
  expect([old, young].toSorted(oldestFirst)).toEqual([old, young])
})

test('a request went on until it ended, or until it was made if its end is not told', () => {
  const expired = { ...active().status, phase: 'Expired' } as const
  const ended = { ...active(), status: { ...expired, finishedAt: '2026-11-21T12:20:00.000000Z' } }
  const untold = { ...made('2026-11-21T12:20:00Z'), status: expired }

  for (const request of [ended, untold]) {
    expect(wentOnAfter(request, at('12:19:59'))).toBe(true)
    expect(wentOnAfter(request, at('12:20:01'))).toBe(false)
  }
})

test('a request that has not ended goes on', () => {
  expect(wentOnAfter(active(), at('23:00:00'))).toBe(true)
  expect(wentOnAfter(pending(), at('23:00:00'))).toBe(true)
})
