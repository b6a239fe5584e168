import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import { aPod, aRequest, aTemplate, at } from '../../../fixtures/example-access.ts'
import { planPolicy as policy, unknownFacts as unknown } from '../../../fixtures/plan-facts.ts'

function planned(facts: Partial<Facts> & Pick<Facts, 'request'>, now = at('12:00:00')): Plan {
  return plan({ ...unknown, ...facts }, policy, now)
}

describe('a request for a pod that is not there', () => {
  const looking = (request: AccessRequest, now: number): Plan => planned({ request, pod: undefined }, now)
  const lookedAt = (spec: Partial<AccessRequest['spec']['exec']> = {}): AccessRequest => {
    const request = aRequest({ exec: { pod: 'web-0', ...spec } })
    // A controller that was down looks an hour later for the first time.
    return { ...request, status: looking(request, at('12:00:00')).status }
  }

  test('is looked for during 30 seconds from the first look, whenever that is, and then fails', () => {
    expect(looking(lookedAt(), at('12:00:00')).wakeAt).toBe(at('12:00:30'))
    expect(looking(lookedAt(), at('12:00:29')).status.phase).toBe('Pending')
    expect(looking(lookedAt(), at('12:00:30')).status).toMatchObject({
      phase: 'Failed',
      message:
        'pod web-0 in shop does not exist yet; Sallyport looked for 30 seconds. ' +
        'Ask again when it runs, or let the request wait with --wait-for-pod (spec.exec.waitForPod: true)',
    })
  })

  test('finds it where it came in between, however late that is seen', () => {
    expect(planned({ request: lookedAt() }, at('12:10:00')).status).toMatchObject({
      phase: 'Pending',
      target: { pod: 'web-0' },
    })
  })

  test('waits until its deadline where it says so', () => {
    const request = lookedAt({ waitForPod: true })

    expect(looking(request, at('12:10:00'))).toMatchObject({
      status: { phase: 'Pending' },
      wakeAt: Date.parse('2026-11-22T11:59:00Z'),
    })
  })

  test('fails before its startAt, as nobody could approve it', () => {
    const request = {
      ...lookedAt(),
      spec: aRequest({ startAt: '2026-11-21T20:00:00Z', exec: { pod: 'web-0' } }).spec,
    }

    expect(looking(request, at('12:00:30')).status.phase).toBe('Failed')
  })

  test.each<[string, Partial<Facts>]>([
    ['is being deleted', { pod: aPod({ metadata: { deletionTimestamp: '2026-11-21T12:00:00Z' } }) }],
    ['has not started', { pod: aPod({ imageID: '', running: false }) }],
  ])('does so too where the pod %s', (_title, facts) => {
    expect(planned({ request: lookedAt(), ...facts }, at('12:00:29')).status.phase).toBe('Pending')
    expect(planned({ request: lookedAt(), ...facts }, at('12:00:30')).status.phase).toBe('Failed')
  })

  test('fails at once where the pod is for certain another workload’s', () => {
    const request = aRequest({ templateRef: { kind: 'AccessTemplate', name: 'web' } })
    const workload = { kind: 'Deployment', name: 'web', uid: 'web' }
    const facts = { request, template: aTemplate(), workload }

    expect(planned({ ...facts, isOfAnother: true }).status.phase).toBe('Failed')
    expect(planned(facts).status).toMatchObject({
      phase: 'Pending',
      message: 'pod web-0 does not belong to Pod web-0',
    })
  })
})
