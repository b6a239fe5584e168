import { describe, expect, test } from '@jest/globals'
import type { Challenge } from '../../../../src/api/kinds/challenge.ts'
import type { AccessGrant } from '../../../../src/api/kinds/access-grant.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { aGrant, aRequest, aTemplate, active, at, pending } from '../../../fixtures/example-access.ts'
import { unknownFacts } from '../../../fixtures/plan-facts.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'

const policy = {
  requireDigest: true,
  direct: anyDirect,
  pendingTimeoutMs: 24 * 3_600_000,
  retentionMs: 1,
  maxUnfinished: 100,
}
const sre = { kind: 'Group', name: 'sre' } as const
const byOne: Challenge = { peerReview: { count: 1, reviewers: [sre] } }
const byTwo: Challenge = { peerReview: { count: 2, reviewers: [sre] } }
const cel: Challenge = { expression: { cel: 'true', message: 'not so' } }
const hours = (from: string, to: string, more = {}): Challenge => ({
  timeWindow: { timeZone: 'UTC', from, to, ...more },
})

const workload = { kind: 'Pod', name: 'web-0', uid: 'pod-1' }
const templateRef = { kind: 'AccessTemplate', name: 'web' } as const

interface Case extends Partial<Omit<Facts, 'grants'>> {
  readonly challenges: readonly Challenge[]
  readonly spec?: Parameters<typeof aRequest>[0]
  readonly grants?: readonly Partial<AccessGrant['spec']>[]
  readonly now?: number
  readonly earliest?: number
}

function planned({ challenges, spec, grants = [], now = at('12:00:00'), earliest = now, ...more }: Case): Plan {
  const template = aTemplate({ challenges: [...challenges] })
  const request = pending(aRequest({ templateRef, ...spec }), template)
  const given = grants.map((one, index) =>
    aGrant(request, one, {
      name: `grant-${index}`,
      uid: `uid-${index}`,
      creationTimestamp: `2026-11-21T11:59:0${index}Z`,
    }),
  )
  const facts: Facts = {
    ...unknownFacts,
    ...{ request, template, workload, grants: given, isOfWorkload: true },
    ...more,
  }
  return plan(facts, policy, now, earliest)
}

const bob = { grantedBy: { username: 'bob', groups: ['sre'] } }
const carol = { grantedBy: { username: 'carol', groups: ['sre'] } }

describe('under a template', () => {
  test.each<[string, Case]>([
    ['without challenges', { challenges: [] }],
    ['with the reviewer it asks for', { challenges: [byOne], grants: [bob] }],
    ['with both reviewers', { challenges: [byTwo], grants: [bob, carol] }],
    [
      'with a service account that is named',
      {
        challenges: [
          { peerReview: { count: 1, reviewers: [{ kind: 'ServiceAccount', namespace: 'ci', name: 'robot' }] } },
        ],
        grants: [{ grantedBy: { username: 'system:serviceaccount:ci:robot' } }],
      },
    ],
    ['while the hours are open', { challenges: [hours('11:00', '13:00')] }],
    ['with an expression that says yes', { challenges: [cel], answers: new Map([[0, { outcome: 'yes' }]]) }],
  ])('approved: %s', (_title, given) => {
    const { status } = planned(given)

    expect(status.phase).toBe('Approved')
    expect(status.approvals).toHaveLength(given.grants?.length ?? 0)
  })

  test.each<[string, Case, string]>([
    ['nobody', { challenges: [byOne] }, 'it needs approval by 1 more of group sre'],
    ['one of two', { challenges: [byTwo], grants: [bob] }, 'it needs approval by 1 more of group sre'],
    ['one twice', { challenges: [byTwo], grants: [bob, bob] }, 'it needs approval by 1 more of group sre'],
    [
      'the requestor',
      { challenges: [byOne], grants: [{ grantedBy: { username: 'alice', groups: ['sre'] } }] },
      'it needs approval by 1',
    ],
    [
      'somebody else',
      { challenges: [byOne], grants: [{ grantedBy: { username: 'eve', groups: ['dev'] } }] },
      'it needs approval by 1',
    ],
    [
      'a service account in a group that is named',
      {
        challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'system:authenticated' }] } }],
        grants: [{ grantedBy: { username: 'system:serviceaccount:ci:robot', groups: ['system:authenticated'] } }],
      },
      'it needs approval by 1 more',
    ],
    ['another digest', { challenges: [byOne], grants: [{ ...bob, digest: '000000000000' }] }, 'it needs approval by 1'],
    ['an expression that was not asked yet', { challenges: [cel] }, 'its conditions are being checked'],
  ])('waits: approved by %s', (_title, given, message) => {
    expect(planned(given).status).toMatchObject({ phase: 'Pending', message: expect.stringContaining(message) })
  })

  test.each<[string, Case, string]>([
    [
      'a reviewer denies, whoever approves',
      { challenges: [byOne], grants: [carol, { ...bob, verdict: 'Denied', message: 'not today' }] },
      'bob denied it: not today',
    ],
    ['the hours are over', { challenges: [hours('09:00', '11:00')] }, '(E_CHALLENGE_WINDOW)'],
    [
      'an expression says no',
      { challenges: [cel], answers: new Map([[0, { outcome: 'no' }]]) },
      'says no: not so (E_CHALLENGE)',
    ],
    [
      'an expression fails',
      { challenges: [cel], answers: new Map([[0, { outcome: 'failed', why: 'no such key' }]]) },
      'gave no answer: no such key (E_CHALLENGE_UNANSWERED)',
    ],
  ])('denied: %s', (_title, given, message) => {
    const { status, objects } = planned(given)

    expect(status).toMatchObject({ phase: 'Denied', message: expect.stringContaining(message) })
    expect(objects).toEqual([])
  })

  test('nobody but a reviewer denies', () => {
    const eve: Partial<AccessGrant['spec']> = { grantedBy: { username: 'eve', groups: ['dev'] }, verdict: 'Denied' }

    expect(planned({ challenges: [byOne], grants: [eve] }).status).toMatchObject({ phase: 'Pending' })
  })

  test('access is for the shortest that a reviewer said, and the requestor reads what they said', () => {
    const grants = [
      { ...bob, duration: '20m', message: 'careful' },
      { ...carol, duration: '10m' },
    ]

    expect(planned({ challenges: [byTwo], grants }).status).toMatchObject({
      message: 'bob, carol granted it; bob: careful',
      expiresAt: '2026-11-21T12:10:00.000000Z',
    })
  })

  test('access never outlasts the hours, unless they say so', () => {
    const expiresAt = (more: object): unknown =>
      planned({ challenges: [hours('11:00', '12:15', more)] }).status.expiresAt

    expect(expiresAt({})).toBe('2026-11-21T12:15:00.000000Z')
    expect(expiresAt({ mayOutlast: true })).toBe('2026-11-21T13:00:00.000000Z')
  })

  test('what waits for the hours alone is Scheduled, wakes then, and no timeout ends it', () => {
    const waiting = { challenges: [hours('09:00', '11:00', { wait: true })] }

    expect(planned(waiting)).toMatchObject({
      status: {
        phase: 'Scheduled',
        message: expect.stringContaining('the time window opens Sun 2026-11-22 09:00 in UTC'),
      },
      wakeAt: Date.parse('2026-11-22T09:00:00Z'),
    })
    expect(planned({ ...waiting, now: Date.parse('2026-11-23T12:00:00Z') }).status).toMatchObject({
      phase: 'Scheduled',
    })
    expect(planned({ ...waiting, now: Date.parse('2026-11-22T09:00:00Z') }).status.phase).toBe('Approved')
  })

  test('what waits for people, too, has its deadline', () => {
    const given = { challenges: [hours('09:00', '11:00', { wait: true }), byOne] }

    expect(planned(given).status.phase).toBe('Pending')
    expect(planned({ ...given, now: Date.parse('2026-11-22T11:59:00Z') }).status.phase).toBe('Expired')
  })

  test('hours that are open by one clock and closed by the other do not let in', () => {
    const given = { challenges: [hours('11:00', '12:30')], now: at('12:45:00'), earliest: at('12:00:00') }

    expect(planned(given)).toMatchObject({ status: { phase: 'Scheduled' }, wakeAt: at('12:45:10') })
  })

  test('hours are those of the beginning', () => {
    const given = { challenges: [hours('18:00', '19:00')], spec: { startAt: '2026-11-21T18:30:00Z' } }

    expect(planned(given).status).toMatchObject({ phase: 'Scheduled', expiresAt: '2026-11-21T19:00:00.000000Z' })
  })

  test('what nobody approved before it was to begin expires then', () => {
    const given = { challenges: [byOne], spec: { startAt: '2026-11-21T12:30:00Z' } }

    expect(planned(given)).toMatchObject({ status: { phase: 'Pending' }, wakeAt: at('12:30:00') })
    expect(planned({ ...given, now: at('12:30:00') }).status).toMatchObject({
      phase: 'Expired',
      message: 'nobody decided it before its startAt: ask again',
    })
    expect(planned({ ...given, grants: [bob], now: at('12:30:01') }).status.phase).toBe('Approved')
  })

  test('as many reviewers as can be make no status that cannot be written', () => {
    const reviewers = Array.from({ length: 32 }, (_, index) => ({
      kind: 'User' as const,
      name: `${index}${'👩'.repeat(250)}`,
    }))
    const challenges = Array.from({ length: 8 }, () => ({
      peerReview: { count: 4, reviewers, notReviewers: reviewers },
    }))
    const { message = '' } = planned({ challenges }).status

    expect(message.length).toBeLessThanOrEqual(4_096)
    expect(message.isWellFormed()).toBe(true)
  })
})

describe('once approved', () => {
  const challenges = [byTwo]
  const template = aTemplate({ challenges })
  const request = active(aRequest({ templateRef }), template)
  const approvals = ['bob', 'carol'].map((grantedBy, index) => ({
    name: `grant-${index}`,
    uid: `uid-${index}`,
    grantedBy,
  }))
  const live = (count: number): Facts['request'] => ({
    ...request,
    status: { ...request.status, approvals: approvals.slice(0, count) },
  })
  const lives = (count: number, people: readonly object[]): Plan =>
    plan(
      {
        ...unknownFacts,
        ...{ request: live(count), template, workload, isOfWorkload: true, listed: true, authorized: true },
        grants: people.map((one, index) => aGrant(request, one, { name: `grant-${index}`, uid: `uid-${index}` })),
      },
      policy,
      at('12:30:00'),
    )

  test.each<[string, number, readonly object[], string]>([
    ['both approvals stand', 2, [bob, carol], 'Active'],
    ['one was withdrawn', 2, [bob], 'Revoked'],
    ['there was never but one', 1, [bob], 'Revoked'],
    ['there was never one', 0, [], 'Revoked'],
    ['both are of one person', 2, [bob, bob], 'Revoked'],
    ['one is of nobody who may', 2, [bob, { grantedBy: { username: 'eve' } }], 'Revoked'],
  ])('%s', (_title, count, people, phase) => {
    expect(lives(count, people).status.phase).toBe(phase)
  })

  test('the requestor goes on reading what they said', () => {
    expect(lives(2, [bob, { ...carol, message: 'careful' }]).status.message).toBe(
      'ready until 2026-11-21T13:00:00.000000Z; carol: careful',
    )
  })
})
