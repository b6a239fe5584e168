import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { isForPod } from '../../../../src/cli/look/history.ts'
import { historyColumns, howItEnded, requestColumns } from '../../../../src/cli/look/request-columns.ts'
import { timeOfDay } from '../../../../src/cli/output/time-of-day.ts'
import { active, aRequest, at, pending } from '../../../fixtures/example-access.ts'

const now = at('12:30:00')
const one = timeOfDay(at('13:00:00'), now)

function ended(phase: 'Revoked' | 'Expired', spec: Partial<AccessRequest['spec']> = {}): AccessRequest {
  const request = active(aRequest(spec))
  return { ...request, status: { ...request.status, phase, finishedAt: '2026-11-21T12:20:00.000000Z', message: 'why' } }
}

test('a list tells who asks for what, and what is still missing', () => {
  const request = pending()
  const awaits = { ...request, status: { ...request.status, awaits: '1 of sre', summary: 'exec web-0/app: id' } }
  const { titles, wideTitles, cells } = requestColumns(now, false)

  expect([...titles, ...(wideTitles ?? [])].join(' ')).toBe('name who what for phase awaits age reason digest expires')
  expect(cells(awaits)).toEqual([
    ...['look', 'alice', 'exec web-0/app: id', '1h', 'Pending', '1 of sre', '31m'],
    ...['OPS-42', request.status?.shortDigest, undefined],
  ])
  expect(cells(active()).at(-1)).toBe(one)
})

test('before the controller has looked, a list tells what the request itself says', () => {
  expect(requestColumns(now, false).cells(aRequest())).toEqual([
    ...['look', 'alice', 'exec web-0', '1h', undefined, undefined, '31m', 'OPS-42', undefined, undefined],
  ])
})

test('of all namespaces, each has its namespace in front', () => {
  const { titles, cells } = requestColumns(now, true)

  expect(titles[0]).toBe('namespace')
  expect(cells(pending()).slice(0, 2)).toEqual(['shop', 'look'])
  expect(historyColumns(now, true).cells(pending())[0]).toBe('shop')
})

describe('a history tells how a request ended', () => {
  test.each<[string, AccessRequest, string]>([
    ['revoked, and by whom', ended('Revoked', { revoked: { by: { username: 'bob' } } }), 'Revoked by bob'],
    ['by time', ended('Expired'), 'Expired'],
    ['not yet', active(), `Active until ${one}`],
    ['nor begun', pending(), 'Pending'],
  ])('%s', (_what, request, expected) => {
    expect(howItEnded(request, now)).toBe(expected)
  })
})

test('a history of a pod has the requests that name it, and those that got it', () => {
  expect(isForPod(aRequest(), 'web-0')).toBe(true)
  expect(isForPod(pending(aRequest({ exec: {} })), 'web-0')).toBe(true)
  expect(isForPod(aRequest(), 'web-1')).toBe(false)
})
