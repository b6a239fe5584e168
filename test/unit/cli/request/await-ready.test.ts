import { expect, test } from '@jest/globals'
import type { AccessRequestStatus } from '../../../../src/api/kinds/access-request-status.ts'
import { waitingText, whenReached } from '../../../../src/cli/request/await-ready.ts'
import { active, anExecTemplate, aRequest, pending } from '../../../fixtures/example-access.ts'

const reviewed = anExecTemplate(
  {},
  { challenges: [{ peerReview: { count: 2, reviewers: [{ kind: 'Group', name: 'sre' }] } }] },
)
const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
const waiting = (awaits: string): ReturnType<typeof pending> => {
  const request = pending(aRequest({ templateRef }), reviewed)
  return { ...request, status: { ...request.status, awaits } }
}

test.each([
  ['2 of sre', 'waits for 2 more of sre'],
  ['1 of sre, 1 of security', 'waits for 1 more of sre, 1 more of security'],
  ['ticket-check', 'waits for ticket-check'],
  ['opens Mon 09:00', 'opens Mon 09:00'],
  ['x\u001b[2J', 'waits for x\\u001b[2J'],
])('what awaits %j is told', (awaits, text) => {
  expect(waitingText(waiting(awaits))).toBe(text)
})

test('a request that tells nothing yet is being looked at', () => {
  expect(waitingText({ ...aRequest(), status: {} })).toBe('is being looked at')
  expect(waitingText({ ...pending(), status: { ...pending().status, awaits: '1 approver' } })).toBe(
    'waits for 1 approver',
  )
  expect(waitingText(active())).toBe('is approved, and is being set up')
})

test.each([
  ['Denied', 3],
  ['Revoked', 5],
  ['Expired', 5],
  ['Failed', 5],
] as const)('the end %s has its exit code', (phase, exitCode) => {
  const status: AccessRequestStatus = { phase, message: 'why' }
  const request = { ...aRequest(), status }

  expect(() => whenReached(request, { request, outcome: 'ended' })).toThrow(
    expect.objectContaining({ exitCode, message: `Request look has ended (${phase}): why.` }),
  )
})

test('a request that is late, or gone, has another', () => {
  expect(() => whenReached(aRequest(), { request: undefined, outcome: 'late' }, '5m')).toThrow(
    expect.objectContaining({ exitCode: 4 }),
  )
  expect(() => whenReached(aRequest(), { request: undefined, outcome: 'gone' })).toThrow(
    expect.objectContaining({ exitCode: 5 }),
  )
})
