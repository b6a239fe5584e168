import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { isFinished } from '../../../../src/decision/phase.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { aGrant, aPod, active, aRequest, at, pending, imageIDOfPod } from '../../../fixtures/example-access.ts'
import { planPolicy as policy, unknownFacts as unknown } from '../../../fixtures/plan-facts.ts'

function planned(facts: Partial<Facts>, now = at('12:00:00')): Plan {
  const request = facts.request ?? aRequest()
  return plan({ ...unknown, request, ...facts }, policy, now)
}

const granted = (facts: Partial<Facts>, now = at('12:30:00')): Plan => {
  const request = facts.request ?? active()
  return planned({ request, grants: [aGrant(request)], listed: true, authorized: true, ...facts }, now)
}

test('what people write for the requestor is told to the end: as much as the schema lets them write', () => {
  const message = 'why '.repeat(256)
  const request = pending()
  const told = [
    planned({ request, grants: [aGrant(request, { verdict: 'Denied', message })] }),
    planned({ request, grants: [aGrant(request, { message })] }),
    planned({ request: active(aRequest({ revoked: { by: { username: 'bob' }, message } })) }),
  ]

  expect(told.map(({ status }) => status.phase)).toEqual(['Denied', 'Approved', 'Revoked'])
  expect(told.map(({ status }) => status.message?.includes(message))).toEqual([true, true, true])
})

describe('a request that waits', () => {
  test('gets its target and its digest, and waits for a day', () => {
    const { status, wakeAt } = planned({})

    expect(status).toMatchObject({
      phase: 'Pending',
      target: {
        pod: 'web-0',
        podUID: 'pod-1',
        container: 'app',
        image: 'shop/web:1',
        imageID: imageIDOfPod,
        node: 'node-0',
      },
      message: 'waits for approval',
      conditions: [{ type: 'TargetResolved', status: 'True' }],
    })
    expect(status.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(wakeAt).toBe(Date.parse('2026-11-22T11:59:00Z'))
  })

  test('has its role ready from the start, which lets nobody in without a binding', () => {
    const { objects } = planned({})

    expect(objects).toMatchObject([
      { kind: 'Role', rules: [{ resourceNames: ['web-0'] }, { resourceNames: ['web-0'] }] },
    ])
    expect(planned({ request: pending() }).objects).toEqual(objects)
    expect(planned({ pod: undefined }).objects).toEqual([])
  })

  test('for any command says so loudly', () => {
    expect(planned({ request: aRequest({ exec: { pod: 'web-0' } }) }).status.message).toContain('for ANY command')
  })

  test('waits for a pod that is not there, or has not started', () => {
    expect(planned({ pod: undefined }).status).toMatchObject({
      phase: 'Pending',
      message: 'pod web-0 in shop does not exist yet',
    })
    expect(planned({ pod: aPod({ imageID: '' }) }).status).toMatchObject({
      phase: 'Pending',
      message: expect.stringContaining('has not started'),
    })
  })

  test('for a container that the pod does not have fails, as neither will change', () => {
    const request = aRequest({ exec: { pod: 'web-0', container: 'db' } })

    expect(planned({ request }).status).toMatchObject({
      phase: 'Failed',
      message: 'pod web-0 has no container db; it has app',
    })
  })

  test('with a beginning that cannot be read fails, and never begins', () => {
    const startAt = '2026-02-30T00:00:00Z'

    expect(planned({ request: aRequest({ startAt }) }).status).toMatchObject({
      phase: 'Failed',
      message: 'spec.startAt is not a time such as 2026-11-22T08:00:00Z: 2026-02-30T00:00:00Z',
    })
    expect(granted({ request: active(aRequest({ startAt })) }).objects).toMatchObject([{ kind: 'Role' }])
  })

  test('beyond what a pass has room for fails, with what to do', () => {
    expect(planned({ crowded: true }).status).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('16 unfinished requests for this pod: revoke or delete one'),
    })
  })

  test('beyond what one person may have in a namespace fails, with what to do', () => {
    const others = Array.from({ length: 100 }, (_, index) => {
      const other = pending()
      return { ...other, metadata: { ...other.metadata, name: `other-${index}`, uid: `other-${index}` } }
    })

    expect(planned({ ownBefore: others.slice(1) }).status.phase).toBe('Pending')
    expect(planned({ ownBefore: others }).status).toMatchObject({
      phase: 'Failed',
      message: expect.stringMatching(
        /^one person may have 100 unfinished requests in a namespace, and you already have .*other-0 of alice.* and 95 more \(E_REQUEST_LIMIT\)\. Revoke or delete one of your requests/,
      ),
    })
  })

  test('is approved by the first good grant, for the time asked', () => {
    const request = pending()

    const { status, objects, wakeAt } = planned({ request, grants: [aGrant(request)] })

    expect(status).toMatchObject({
      phase: 'Approved',
      approvals: [{ name: 'look', uid: 'grant-1', grantedBy: 'bob' }],
      approvedAt: '2026-11-21T12:00:00.000000Z',
      expiresAt: '2026-11-21T13:00:00.000000Z',
    })
    // The status comes first: the binding is made once the status is written.
    expect(objects).toMatchObject([{ kind: 'Role' }])
    expect(wakeAt).toBe(at('12:00:00'))
  })

  test.each([
    ['shortened by the grant', '10m', '2026-11-21T12:10:00.000000Z'],
    ['never lengthened', '10h', '2026-11-21T13:00:00.000000Z'],
  ])('its time is %s', (_title, duration, expiresAt) => {
    const request = pending()

    expect(planned({ request, grants: [aGrant(request, { duration })] }).status).toMatchObject({ expiresAt })
  })

  test('is scheduled where it begins later, and its time counts from then', () => {
    const request = pending(aRequest({ startAt: '2026-11-21T18:00:00Z' }))

    expect(planned({ request, grants: [aGrant(request)] }).status).toMatchObject({
      phase: 'Scheduled',
      expiresAt: '2026-11-21T19:00:00.000000Z',
    })
  })

  test.each([
    ['of the requestor', { grantedBy: { username: 'alice' } }],
    ['of a service account', { grantedBy: { username: 'system:serviceaccount:shop:robot' } }],
    ['of nobody', { grantedBy: undefined }],
    ['without digest', { digest: undefined }],
    ['with another digest', { digest: 'aaaaaaaaaaaa' }],
    ['on another request of this name', { requestRef: { name: 'look', uid: 'request-0' } }],
  ])('is not approved by a grant %s', (_title, spec) => {
    const request = pending()
    const grant = aGrant(request)

    expect(
      planned({ request, grants: [{ ...grant, spec: { ...grant.spec, ...spec } as typeof grant.spec }] }).status.phase,
    ).toBe('Pending')
  })

  test('is denied by one denial, also beside an approval', () => {
    const request = pending()
    const denial = aGrant(request, { verdict: 'Denied', message: 'not now' }, { name: 'z', uid: 'grant-2' })

    const { status } = planned({ request, grants: [aGrant(request), denial] })

    expect(status).toMatchObject({
      phase: 'Denied',
      message: 'bob denied it: not now',
      finishedAt: '2026-11-21T12:00:00.000000Z',
    })
  })

  test('expires when nobody decides', () => {
    expect(planned({ request: pending() }, Date.parse('2026-11-22T11:59:00Z')).status).toMatchObject({
      phase: 'Expired',
      message: 'nobody decided it in time: ask again',
    })
  })

  test('that was approved in time is so also where nobody looked until later, and not what was approved later', () => {
    const request = pending()
    const approvedAt = (creationTimestamp: string): Plan =>
      planned({ request, grants: [aGrant(request, {}, { creationTimestamp })] }, Date.parse('2026-11-22T12:01:00Z'))

    expect(approvedAt('2026-11-22T11:58:59Z').status.phase).toBe('Approved')
    expect(approvedAt('2026-11-22T11:59:00Z').status.phase).toBe('Expired')
  })

  test('fails when its pod changes, so that nobody grants what is not there any more', () => {
    const request = pending()

    expect(
      planned({ request, grants: [aGrant(request)], pod: aPod({ metadata: { uid: 'pod-2' } }) }).status,
    ).toMatchObject({ phase: 'Failed' })
  })
})

describe('a granted request', () => {
  test('has RBAC for its requestor on its pod alone, owned by it', () => {
    const { objects, wakeAt } = granted({})

    expect(objects).toMatchObject([
      {
        kind: 'Role',
        metadata: {
          name: 'sallyport-request-1',
          labels: { 'access.sallyport.dev/request-uid': 'request-1' },
          ownerReferences: [{ uid: 'request-1' }],
        },
        rules: [
          { resources: ['pods'], resourceNames: ['web-0'], verbs: ['get'] },
          { resources: ['pods/exec'], resourceNames: ['web-0'], verbs: ['get', 'create'] },
        ],
      },
      {
        kind: 'RoleBinding',
        subjects: [{ kind: 'User', name: 'alice' }],
        roleRef: { kind: 'Role', name: 'sallyport-request-1' },
      },
    ])
    expect(wakeAt).toBe(at('13:00:00'))
  })

  test.each([
    ['not before the gate finds it', { listed: false }],
    ['not before RBAC lets it', { authorized: false }],
  ])('is ready, but %s', (_title, facts) => {
    const request: AccessRequest = { ...active(), status: { ...active().status, phase: 'Approved' } }

    expect(granted({ request }).status.phase).toBe('Active')
    expect(granted({ request, ...facts }).status.phase).toBe('Approved')
  })

  test('has RBAC for the subresources that it lists, and for exec only if it names a command', () => {
    const alone = active(aRequest({ exec: { pod: 'web-0', subresources: ['attach', 'log'] } }))
    const beside = active(aRequest({ exec: { pod: 'web-0', command: ['id'], subresources: ['log'] } }))
    const rulesOf = (request: AccessRequest): unknown => granted({ request }).objects[0]?.['rules']
    const pod = { apiGroups: [''], resources: ['pods'], resourceNames: ['web-0'], verbs: ['get'] }

    expect(rulesOf(alone)).toEqual([
      pod,
      { ...pod, resources: ['pods/attach'], verbs: ['get', 'create'] },
      { ...pod, resources: ['pods/log'], verbs: ['get'] },
    ])
    expect(rulesOf(beside)).toEqual([
      pod,
      { ...pod, resources: ['pods/exec'], verbs: ['get', 'create'] },
      { ...pod, resources: ['pods/log'], verbs: ['get'] },
    ])
  })

  test('says what to type', () => {
    expect(granted({}).status.accessMessage).toBe('kubectl exec web-0 -n shop -c app -- id')
  })

  test.each<[string, string, string, Partial<Facts>, number]>([
    ['its time is over', 'Expired', 'its time is over', {}, at('13:00:00')],
    [
      'it is revoked',
      'Revoked',
      'bob revoked it: done',
      { request: active(aRequest({ revoked: { by: { username: 'bob' }, message: 'done' } })) },
      at('12:30:00'),
    ],
    ['its grant is gone', 'Revoked', 'grant look of bob was withdrawn', { grants: [] }, at('12:30:00')],
    ['its pod is gone', 'Failed', 'pod web-0 is gone', { pod: undefined }, at('12:30:00')],
    ['its pod is replaced', 'Failed', 'was replaced', { pod: aPod({ metadata: { uid: 'pod-2' } }) }, at('12:30:00')],
    [
      'its image is changed',
      'Failed',
      'was changed from shop/web:1 to shop/web:2',
      { pod: aPod({ image: 'shop/web:2' }) },
      at('12:30:00'),
    ],
    ['it was used, and the session has begun', 'Completed', 'it was used', { usedAt: at('12:29:55') }, at('12:30:00')],
  ])('ends when %s', (_title, phase, message, ...situation) => {
    const { status, objects } = granted(...situation)

    expect(status).toMatchObject({ phase, message: expect.stringContaining(message), finishedAt: expect.any(String) })
    expect(objects).toEqual([])
  })

  test('has seen what ended it: kubectl wait asks for that', () => {
    const spec = { revoked: { by: { username: 'bob' } } }
    const request = active(aRequest(spec, { generation: 2 }))

    expect(granted({ request }).status.observedGeneration).toBe(2)
  })

  test('keeps its RBAC while the one session begins', () => {
    const { status, objects, wakeAt } = granted({ usedAt: at('12:29:58') })

    expect(status.phase).toBe('Active')
    expect(objects).toHaveLength(2)
    expect(wakeAt).toBe(at('12:30:03'))
  })

  test('stays while its container restarts', () => {
    expect(granted({ pod: aPod({ imageID: '', running: false }) }).status.phase).toBe('Active')
  })

  test('waits for its beginning without a binding', () => {
    const scheduled = active(aRequest({ startAt: '2026-11-21T12:45:00Z' }))

    expect(granted({ request: scheduled })).toMatchObject({ objects: [{ kind: 'Role' }], wakeAt: at('12:45:00') })
  })
})

describe('a finished request', () => {
  const finished: AccessRequest = {
    ...active(),
    status: { ...active().status, phase: 'Expired', finishedAt: '2026-11-21T13:00:00.000000Z' },
  }

  test('is kept for its retention, and then removed', () => {
    const end = at('13:00:00') + policy.retentionMs

    expect(planned({ request: finished }, at('14:00:00'))).toEqual({
      status: finished.status,
      objects: [],
      wakeAt: end,
    })
    expect(planned({ request: finished }, end)).toMatchObject({ objects: [], then: { do: 'prune' } })
  })

  test('is never opened again, whatever else is true', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Expired', 'Completed', 'Denied', 'Revoked', 'Failed') as fc.Arbitrary<'Expired'>,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: at('00:00:00'), max: at('23:59:59') }),
        (phase, listed, authorized, now) => {
          const request = { ...finished, status: { ...finished.status, phase } }

          const next = planned({ request, grants: [aGrant(request)], listed, authorized }, now)

          expect(next.status).toEqual(request.status)
          expect(next.objects).toEqual([])
        },
      ),
    )
  })

  test('that is being deleted counts as one, and is torn down however old it is', () => {
    const request = { ...active(), metadata: { ...active().metadata, deletionTimestamp: '2026-11-21T12:10:00Z' } }
    const tornDown = { status: request.status, objects: [] }

    expect(isFinished(request)).toBe(true)
    expect(granted({ request })).toEqual(tornDown)
    // A second removal would remove nothing.
    expect(granted({ request }, at('12:00:00') + 2 * policy.retentionMs)).toEqual(tornDown)
  })
})

test('expiresAt is never computed again', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: at('12:00:00'), max: at('12:59:59') }),
      fc.boolean(),
      fc.boolean(),
      (now, listed, authorized) => {
        expect(granted({ listed, authorized }, now).status.expiresAt).toBe('2026-11-21T13:00:00.000000Z')
      },
    ),
  )
})
