import { describe, expect, test } from '@jest/globals'
import type { AccessGrant } from '../../../../src/api/kinds/access-grant.ts'
import type { Challenge } from '../../../../src/api/kinds/challenge.ts'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { aGrant, aRequest, aTemplate, active, at, pending } from '../../../fixtures/example-access.ts'
import { planPolicy as policy, unknownFacts as unknown } from '../../../fixtures/plan-facts.ts'

const bob = { username: 'bob', groups: ['sre'] }
const carol = { username: 'carol', groups: ['sre'] }
const template = aTemplate({
  challenges: [{ peerReview: { count: 2, reviewers: [{ kind: 'Group', name: 'sre' }] } }],
})
const templateRef = { kind: 'AccessTemplate', name: 'web' } as const

const direct = { ...policy.direct, reviewers: [{ kind: 'Group', name: 'sre' } as const] }

function planned(request: AccessRequest, facts: Partial<Facts> = {}, now = at('12:00:00')): Plan {
  return plan({ ...unknown, request, ...facts }, policy, now)
}

/** The grants of these people, one second after the other. */
function grantedBy(request: AccessRequest, ...people: readonly (typeof bob)[]): readonly AccessGrant[] {
  return people.map((person, index) =>
    aGrant(
      request,
      { grantedBy: person },
      { name: person.username, uid: person.username, creationTimestamp: `2026-11-21T11:59:0${index}Z` },
    ),
  )
}

function underTemplate(request: AccessRequest, grants: readonly AccessGrant[]): Plan {
  const workload = { kind: 'Pod', name: 'web-0', uid: 'pod-1' }
  return planned(request, { template, workload, grants, isOfWorkload: true })
}

describe('a new request tells whose approval it waits for', () => {
  const [asked, workload] = [aRequest({ templateRef }), { kind: 'Pod', name: 'web-0', uid: 'pod-1' }]
  const under = (challenges: Challenge[]): Partial<Facts> => ({
    template: aTemplate({ challenges }),
    ...{ workload, isOfWorkload: true },
  })
  test.each<[string, Plan, string | undefined]>([
    ['without a template', planned(aRequest()), 'an approver of namespace shop'],
    ['whose pod is not there yet', planned(aRequest(), { pod: undefined }), 'an approver of namespace shop'],
    [
      'without a template, where the config names reviewers',
      plan({ ...unknown, request: aRequest() }, { ...policy, direct }, at('12:00:00')),
      '1 more of group sre',
    ],
    [
      'under a template with reviewers',
      planned(asked, { template, workload, isOfWorkload: true }),
      '2 more of group sre',
    ],
    ['under a template that asks for nobody', planned(asked, under([])), undefined],
    ['under one that asks a validator', planned(asked, under([{ webhook: { name: 'ticket-check' } }])), undefined],
  ])('%s', (_title, { status, approvers }, people) => {
    expect([status.phase, approvers]).toEqual(['Pending', people])
  })
})

describe('a phase is brought about by', () => {
  const request = pending()
  const reviewed = pending(aRequest({ templateRef }), template)
  const withdrawn = active()

  test.each<[string, Plan, Plan['status']['phase'], Plan['by']]>([
    ['who approves', planned(request, { grants: [aGrant(request)] }), 'Approved', bob],
    ['the last who approves', underTemplate(reviewed, grantedBy(reviewed, bob, carol)), 'Approved', carol],
    [
      'the last, in whichever order they are seen',
      underTemplate(reviewed, grantedBy(reviewed, bob, carol).toReversed()),
      'Approved',
      carol,
    ],
    ['who denies', planned(request, { grants: [aGrant(request, { verdict: 'Denied' })] }), 'Denied', bob],
    ['who revokes', planned(active(aRequest({ revoked: { by: carol } }))), 'Revoked', carol],
    ['nobody: it waits', planned(aRequest()), 'Pending', undefined],
    ['nobody: its time is over', planned(active(), { grants: [aGrant()] }, at('14:00:00')), 'Expired', undefined],
    ['nobody that it could name: a grant is gone', planned(withdrawn), 'Revoked', undefined],
  ])('%s', (_who, { status, by }, phase, person) => {
    expect([status.phase, by]).toEqual([phase, person])
  })

  test('nobody where the hours of its template open, whoever approved before', () => {
    const scheduled = { ...reviewed, status: { ...reviewed.status, phase: 'Scheduled' as const } }

    const { status, by } = underTemplate(scheduled, grantedBy(scheduled, bob, carol))

    expect([status.phase, by]).toEqual(['Approved', undefined])
  })
})
