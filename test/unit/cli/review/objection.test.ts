import { describe, expect, test } from '@jest/globals'
import type { Challenge } from '../../../../src/api/kinds/challenge.ts'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { approvalLines } from '../../../../src/cli/review/approval-lines.ts'
import type { Looked } from '../../../../src/cli/review/look.ts'
import { whyNotApprove } from '../../../../src/cli/review/objection.ts'
import { active, aGrant, anExecTemplate, aRequest, pending } from '../../../fixtures/example-access.ts'

const noon = new Date(2026, 10, 21, 12).getTime()
const bob = { username: 'bob', groups: ['sre'] }
const carol = { username: 'carol', groups: ['sre'] }

const lookedAt = (request: AccessRequest, more: Partial<Looked> = {}): Looked => ({
  request,
  template: undefined,
  grants: [],
  me: bob,
  mayGrant: true,
  ...more,
})

const twoOfSre = { peerReview: { count: 2, reviewers: [{ kind: 'Group', name: 'sre' }] } } satisfies Challenge
const check = { webhook: { name: 'ticket-check' } } satisfies Challenge
const templateRef = { kind: 'AccessTemplate', name: 'web' } as const

/** Returns a request under a template with these challenges, and what is known of it. */
function under(challenges: Challenge[], awaits: string, more: Partial<Looked> = {}): Looked {
  const template = anExecTemplate({}, { challenges })
  const request = pending(aRequest({ templateRef }), template)
  return lookedAt({ ...request, status: { ...request.status, awaits } }, { template, ...more })
}

describe('an approval may count', () => {
  test.each<[string, Looked]>([
    ['of a request without a template', lookedAt(pending())],
    ['by a reviewer', under([twoOfSre, check], '2 of sre, ticket-check')],
    [
      'by the second reviewer',
      under([twoOfSre], '1 of sre', { me: carol, grants: [aGrant(under([twoOfSre], '').request)] }),
    ],
    ['as the template cannot be read, only the server knows', lookedAt(pending(aRequest({ templateRef })))],
  ])('%s', (_title, looked) => {
    expect(whyNotApprove(looked, noon)).toBeUndefined()
  })
})

describe('an approval would change nothing, and that is said', () => {
  const running = active()
  const until = { ...running.status, expiresAt: new Date(noon + 1_800_000).toISOString() }

  test.each<[string, Looked, string | RegExp]>([
    [
      'of an ended request',
      lookedAt({ ...pending(), status: { phase: 'Denied', message: 'bob denied it: no' } }),
      'Nothing is left to approve: request look has ended (Denied): bob denied it: no.',
    ],
    [
      'of an active one',
      lookedAt({ ...running, status: until }),
      'Request look is active already, until 12:30. Nothing is left to approve.',
    ],
    [
      'of one that begins later',
      lookedAt({
        ...running,
        spec: { ...running.spec, startAt: '2026-11-22T08:00:00Z' },
        status: { ...until, phase: 'Scheduled' },
      }),
      'Request look is approved already; its access begins at 2026-11-22T08:00:00Z, until 12:30. Nothing is left to approve.',
    ],
    [
      'without a digest',
      lookedAt({ ...aRequest(), status: { phase: 'Pending', message: 'there is no pod web-0' } }),
      'Request look cannot be approved yet: there is no pod web-0.',
    ],
    [
      'while a validator is awaited',
      under([twoOfSre, check], 'ticket-check'),
      'There is nothing for you to do: request look waits for ticket-check, and not for an approver.',
    ],
    [
      'by the requestor',
      lookedAt(pending(), { me: { username: 'alice', groups: [] } }),
      /^You may not approve it: alice made request look and may not decide it \(E_GRANT_SELF\)/,
    ],
    [
      'by somebody of another group',
      under([twoOfSre], '2 of sre', { me: { username: 'dan', groups: ['dev'] } }),
      /^You may not approve it: dan is not a reviewer of request look \(E_GRANT_REVIEWER\)/,
    ],
    [
      'by a service account',
      lookedAt(pending(), { me: { username: 'system:serviceaccount:shop:robot', groups: [] } }),
      /E_GRANT_SERVICE_ACCOUNT/,
    ],
    [
      'a second time',
      under([twoOfSre], '1 of sre', { grants: [aGrant(under([twoOfSre], '').request)] }),
      'You have approved it already. Still missing: 1 of sre.',
    ],
    [
      'without the right to',
      lookedAt(pending(), { mayGrant: false }),
      'You (bob) may not decide requests in namespace shop: that takes the ClusterRole sallyport-approver there.',
    ],
  ])('%s', (_title, looked, why) => {
    expect(whyNotApprove(looked, noon)).toEqual(typeof why === 'string' ? why : expect.stringMatching(why))
  })
})

test('approvals are told, with what approvers said, and if they count', () => {
  const { request, template } = under([twoOfSre], '1 of sre')
  const grants = [
    aGrant(request, { message: 'ok for me', duration: '10m' }),
    aGrant(request, { grantedBy: { username: 'dan', groups: ['dev'] } }, { name: 'of-dan', uid: 'grant-2' }),
    aGrant(request, { verdict: 'Denied' }, { name: 'no', uid: 'grant-3' }),
  ]

  expect(approvalLines(lookedAt(request, { template, grants }))).toEqual([
    ['approved', 'by bob for at most 10m ("ok for me")'],
    ['approved', 'by dan, but it does not count'],
  ])
})
