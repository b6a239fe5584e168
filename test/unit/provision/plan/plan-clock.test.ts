import { expect, test } from '@jest/globals'
import { plan } from '../../../../src/provision/plan/plan.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { aGrant, active, aRequest, at, pending } from '../../../fixtures/example-access.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

const plannedAt = (facts: Partial<Facts>, times: { earliest: string; now: string }): Plan => {
  const request = facts.request ?? active()
  const all = { ...unknownFacts, listed: true, authorized: true, request, grants: [aGrant(request)], ...facts }
  return plan(all, planPolicy, at(times.now), at(times.earliest))
}

test('while the time of day is in doubt, an access ends by the later time', () => {
  expect(plannedAt({}, { earliest: '12:30:00', now: '13:00:00' }).status.phase).toBe('Expired')
})

test('while the time of day is in doubt, an access begins by the earlier time, and is looked at again soon', () => {
  const request = active(aRequest({ startAt: '2026-11-21T12:45:00Z' }))
  const { objects, wakeAt } = plannedAt({ request }, { earliest: '12:30:00', now: '12:50:00' })

  expect(objects).toMatchObject([{ kind: 'Role' }])
  expect(wakeAt).toBe(at('12:50:10'))
})

test('while the time of day is in doubt, an approval gives no longer an access than was asked, whichever time is right', () => {
  const { status } = plannedAt({ request: pending() }, { earliest: '12:00:00', now: '13:00:00' })

  expect(status.expiresAt).toBe('2026-11-21T13:00:00.000000Z')
})
