import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import { isRefused, withoutRefusal, withRefusal } from '../../../../src/provision/facts/refusal.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { active, aGrant, aRequest, at, pending } from '../../../fixtures/example-access.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

const planned = (request: AccessRequest, facts: Partial<Facts> = {}, now = at('12:30:00')): Plan =>
  plan({ ...unknownFacts, request, grants: [aGrant(request)], ...facts }, planPolicy, now)

const refused = (request: AccessRequest, now = at('12:10:00')): AccessRequest => ({
  ...request,
  status: withRefusal(request, request.status ?? {}, 'no', now),
})

describe('what the API server refused', () => {
  test('is told once, however often it is tried, and takes a live access back', () => {
    const first = refused(active())

    expect(first.status).toMatchObject({
      phase: 'Approved',
      message: 'no',
      conditions: [{ type: 'Ready', status: 'False', reason: 'Refused', message: 'no' }],
    })
    expect(refused(first, at('12:20:00'))).toEqual(first)
    expect(isRefused(first)).toBe(true)
  })

  test('is in no plan: what is told again is what was told before it', () => {
    const waiting = planned(aRequest(), { grants: [] }).status
    const stored = { ...aRequest(), status: waiting }

    expect(withoutRefusal(refused(stored), undefined).status).toEqual(waiting)
    expect(planned(refused(stored), { grants: [] }).status).toEqual(waiting)
    expect(withoutRefusal(stored, undefined)).toBe(stored)
  })

  test('gives way to Ready once all is there', () => {
    const { status } = planned(refused(active()), { listed: true, authorized: true })

    expect(status.phase).toBe('Active')
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }))
  })

  test('gives way to the end', () => {
    const { status } = planned(refused(active()), {}, at('13:00:00'))

    expect(status).toMatchObject({ phase: 'Expired', message: 'its time is over' })
    expect(isRefused({ ...active(), status })).toBe(false)
  })
})

describe('a pass that is refused', () => {
  const passRefused = 'its AccessPass was refused'

  test('is told of a request that waits, also again at the same time, and no more once it lists it', () => {
    const first = planned(pending(), { grants: [], passRefused })
    const again = planned({ ...pending(), status: first.status }, { grants: [], passRefused }, at('12:40:00'))

    expect(first.status).toMatchObject({ phase: 'Pending', message: passRefused })
    expect(again.status).toEqual(first.status)
    expect(
      isRefused({ ...pending(), status: planned(pending(), { grants: [], passRefused, listed: true }).status }),
    ).toBe(false)
  })

  test('is not told of one that ends', () => {
    const { status } = planned(active(), { passRefused, grants: [] })

    expect(status).toMatchObject({ phase: 'Revoked', message: expect.stringContaining('was withdrawn') })
  })
})
