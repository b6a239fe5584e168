import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { aGrant, active, aRequest, at, pending, imageIDOfPod } from '../../../fixtures/example-access.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

const policy = { ...planPolicy, requireDigest: false, retentionMs: 1_000 }
const eviction = { pod: 'web-0', podUID: 'pod-1', begins: '2026-11-21T12:00:00.000000Z' }

/** Returns a request whose pod is evicted at its end. */
function evicting({ status, ...request }: AccessRequest, more: object = {}): AccessRequest {
  const target = { pod: 'web-0', podUID: 'pod-1', container: 'app', image: 'shop/web:1', imageID: imageIDOfPod }
  return { ...request, status: { ...status, target: { ...target, evictAtEnd: true }, ...more } }
}

function planned(request: AccessRequest, facts: Partial<Facts> = {}, now = at('12:30:00')): Plan {
  return plan({ ...unknownFacts, request, listed: true, authorized: true, ...facts }, policy, now)
}

describe('an approval', () => {
  const request = evicting(pending())
  const grants = [aGrant(request)]

  test('is written only once the eviction is noted', () => {
    const noting = planned(request, { grants })

    expect(noting.then).toEqual({
      do: 'note-eviction',
      eviction: { pod: 'web-0', podUID: 'pod-1', begins: '2026-11-21T12:30:00.000000Z' },
    })
    expect(noting.status.phase).toBe('Pending')
    expect(planned(request, { grants, eviction }).status.phase).toBe('Approved')
  })

  test('of what begins later has nobody to evict before', () => {
    const later = evicting(pending(aRequest({ startAt: '2026-11-21T12:45:00Z' })))

    expect(planned(later, { grants: [aGrant(later)] }).then).toMatchObject({
      do: 'note-eviction',
      eviction: { begins: '2026-11-21T12:45:00.000000Z' },
    })
  })
})

describe('at its end the pod', () => {
  const ended = (phase: 'Expired' | 'Revoked' | 'Completed' | 'Denied', finishedAt = '2026-11-21T12:30:00Z') =>
    evicting(active(), { phase, finishedAt })

  test.each(['Expired', 'Revoked'] as const)('is evicted: %s', (phase) => {
    expect(planned(ended(phase), { eviction })).toMatchObject({ then: { do: 'evict' }, objects: [] })
  })

  test('is evicted also while the request is being deleted, by whatever finalizer that is held up', () => {
    const request = active(aRequest({}, { deletionTimestamp: '2026-11-21T12:30:00Z' }))

    expect(planned(evicting(request), { eviction })).toMatchObject({ then: { do: 'evict' } })
  })

  test('is left to the one session of a request for one use, until its time is over', () => {
    expect(planned(ended('Completed'), { eviction })).toMatchObject({ wakeAt: at('13:00:00') })
    expect(planned(ended('Completed'), { eviction })).not.toHaveProperty('then')
    expect(planned(ended('Completed'), { eviction }, at('13:00:00'))).toMatchObject({ then: { do: 'evict' } })
  })

  test('is not left to that session where somebody revoked the request meanwhile', () => {
    const { spec, ...request } = ended('Completed')
    const revoked = { ...request, spec: { ...spec, revoked: { by: { username: 'bob' } } } }

    expect(planned(revoked, { eviction })).toMatchObject({ then: { do: 'evict' } })
  })

  test('stays where nobody can have been in it', () => {
    const never = evicting(pending(), { phase: 'Denied', finishedAt: '2026-11-21T12:30:00Z' })

    expect(planned(never, { eviction })).toMatchObject({ then: { do: 'forget-eviction' } })
    expect(planned(ended('Revoked', '2026-11-21T11:59:59Z'), { eviction })).toMatchObject({
      then: { do: 'forget-eviction' },
    })
  })

  test('is settled before the request is forgotten', () => {
    expect(planned(ended('Expired'), { eviction }, at('23:00:00')).then).toEqual({ do: 'evict' })
    expect(planned(ended('Expired'), {}, at('23:00:00'))).toMatchObject({ then: { do: 'prune' } })
  })
})
