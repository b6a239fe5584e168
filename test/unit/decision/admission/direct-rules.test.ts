import { describe, expect, test } from '@jest/globals'
import type { DirectPolicy } from '../../../../src/api/config/direct-config.ts'
import type { AccessGrant } from '../../../../src/api/kinds/access-grant.ts'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { AccessRequestSpec } from '../../../../src/api/kinds/access-request-spec.ts'
import { objectionToDirect } from '../../../../src/decision/admission/direct-rules.ts'
import { admitVerdict } from '../../../../src/decision/admission/grant-admission.ts'
import { decideAccess } from '../../../../src/decision/gate/gate.ts'
import type { Decision } from '../../../../src/decision/decision.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { aGrant, aPass, aPod, active, aRequest, at, pending, untemplated } from '../../../fixtures/example-access.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'
import { execReview } from '../../../fixtures/review.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

const alice = { username: 'alice' }
const bob = { username: 'bob', groups: ['sre'] }
const direct = (bounds: Partial<DirectPolicy>): DirectPolicy => ({ ...anyDirect, ...bounds })
const sre = direct({ reviewers: [{ kind: 'Group', name: 'sre' }] })
const security = direct({ reviewers: [{ kind: 'Group', name: 'security' }] })

describe('a request without a template', () => {
  const objection = (bounds: Partial<DirectPolicy>, spec: Partial<AccessRequestSpec> = {}, requestor = alice): string =>
    objectionToDirect({ spec: { exec: { pod: 'web-0' }, ...spec }, requestor, namespace: 'shop' }, direct(bounds))
      ?.message ?? 'taken'

  test.each<[string, Partial<DirectPolicy>, Partial<AccessRequestSpec>]>([
    ['where the config says nothing', {}, { duration: '8760h' }],
    ['for just its maximum', { maxDuration: '1h' }, { duration: '60m' }],
    ['for no time of its own', { maxDuration: '10m' }, {}],
    ['with a reason that matches', { reason: { required: true, pattern: '^OPS-' } }, { reason: 'OPS-1' }],
  ])('is taken %s', (_title, bounds, spec) => {
    expect(objection(bounds, spec)).toBe('taken')
  })

  test.each<[string, Partial<DirectPolicy>, Partial<AccessRequestSpec>, string]>([
    ['at all', { allow: false }, {}, 'Sallyport takes no request without a template here (E_REQUEST_DIRECT)'],
    [
      'for so long',
      { maxDuration: '1h' },
      { duration: '8h' },
      'Sallyport takes a request without a template for at most 1h, and spec.duration is 8h (E_REQUEST_DIRECT)',
    ],
    [
      'without a reason',
      { reason: { required: true } },
      {},
      'Sallyport takes a request without a template only with a reason in spec.reason (E_REQUEST_DIRECT)',
    ],
    [
      'with a blank reason',
      { reason: { required: true } },
      { reason: ' \u00a0\u200b\n' },
      'only with a reason in spec.reason (E_REQUEST_DIRECT)',
    ],
    [
      'without a reason where one must match',
      { reason: { required: false, pattern: '^OPS-' } },
      {},
      'only with a reason in spec.reason that matches ^OPS- (E_REQUEST_DIRECT)',
    ],
    [
      'with another reason',
      { reason: { required: false, pattern: '^OPS-' } },
      { reason: 'because' },
      'spec.reason does not match ^OPS-, as a request without a template must (E_REQUEST_DIRECT)',
    ],
  ])('is not taken %s, and the text names templates', (_title, bounds, spec, text) => {
    expect(objection(bounds, spec)).toContain(text)
    expect(objection(bounds, spec)).toContain(
      'See what is offered: kubectl get accesstemplates,clusteraccesstemplates -n shop',
    )
  })

  test('is not taken from a service account, as a person may ask', () => {
    expect(objection({}, {}, { username: 'system:serviceaccount:build:ci' })).toContain(
      'Ask under a template whose subjects name the account.',
    )
  })
})

describe('the controller judges it by the config as it is now:', () => {
  const planned = (policy: DirectPolicy, request: AccessRequest, grants: readonly AccessGrant[] = []): Plan =>
    plan({ ...unknownFacts, request, grants }, { ...planPolicy, direct: policy }, at('12:30:00'))

  test.each<[string, AccessRequest]>([
    ['one that nobody has looked at', aRequest({ duration: '8h' })],
    ['one that waits for a grant', pending(aRequest({ duration: '8h' }))],
  ])('%s fails', (_title, request) => {
    expect(planned(direct({ allow: false }), request).status).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('Sallyport takes no request without a template here'),
    })
    expect(planned(direct({ maxDuration: '1h' }), request).status.phase).toBe('Failed')
  })

  test('one that names no time gets at most the maximum', () => {
    const { duration: _left, ...spec } = aRequest().spec
    const request = pending({ ...aRequest(), spec })
    const { status } = planned(direct({ maxDuration: '10m' }), request, [aGrant(request)])

    expect(Date.parse(status.expiresAt ?? '') - Date.parse(status.approvedAt ?? '')).toBe(600_000)
  })

  test('only a reviewer’s grant counts, and the status says who that is', () => {
    const request = pending()

    expect(planned(sre, request, [aGrant(request)]).status.phase).toBe('Approved')
    expect(planned(security, request, [aGrant(request)]).status).toMatchObject({
      phase: 'Pending',
      message: expect.stringMatching(/^waits for approval: it needs approval by 1 more of group security$/),
    })
    expect(planned(security, request, [aGrant(request, { verdict: 'Denied' })]).status.phase).toBe('Pending')
  })

  test('a live access ends', () => {
    const request = active()

    expect(planned(sre, request, [aGrant(request)]).status.phase).not.toBe('Revoked')
    for (const policy of [security, direct({ allow: false }), direct({ maxDuration: '10m' })]) {
      expect(planned(policy, request, [aGrant(request)]).status.phase).toBe('Revoked')
    }
  })
})

describe('the gate judges it by the config as it is now:', () => {
  const entry = { way: 'pods/exec', namespace: 'shop', name: 'web-0', container: 'app', command: ['id'] } as const
  const entered = (policy: DirectPolicy): Decision => {
    const request = active()
    const snapshot = {
      ...{ pod: aPod(), pass: aPass(request), ...untemplated },
      requests: new Map([['look', request]]),
      grants: new Map([['look', aGrant(request)]]),
    }
    const tried = { ...entry, stdin: false, tty: false }
    const approval = { requireDigest: true, direct: policy }
    return decideAccess(snapshot, { entry: tried, user: alice, now: at('12:30:00'), approval })
  }

  test('what it allows lets in', () => {
    expect(entered(sre).verdict).toBe('allow')
  })

  test.each<[string, DirectPolicy, string]>([
    ['no request without a template', direct({ allow: false }), 'Sallyport takes no request without a template here'],
    [
      'none for so long',
      direct({ maxDuration: '10m' }),
      'Sallyport takes a request without a template for at most 10m',
    ],
    ['the word of others', security, 'grant look of bob was withdrawn'],
  ])('where it takes %s, nobody gets in', (_title, policy, text) => {
    expect(entered(policy)).toMatchObject({ code: 'E_ENDED', message: expect.stringContaining(text) })
  })
})

describe('a verdict on it', () => {
  const given = (policy: DirectPolicy, by = bob): Decision => {
    const request = pending()
    return admitVerdict(
      execReview({ operation: 'CREATE', namespace: 'shop', userInfo: by }),
      aGrant(request),
      { request, template: undefined, others: [], now: at('12:00:00') },
      {
        identity: { proofKeys: [], extraKeys: [], impersonation: 'Record' },
        grants: { requireDigest: true, direct: policy },
      },
    )
  }

  test('counts where the config names who gives it, and keeps the group that made it count', () => {
    const groups = [...Array.from({ length: 300 }, (_, index) => `group-${index}`), 'sre']

    expect(given(sre, { username: 'bob', groups })).toMatchObject({
      patch: expect.arrayContaining([
        expect.objectContaining({ value: { username: 'bob', groups: expect.arrayContaining(['sre']) } }),
      ]),
    })
  })

  test('is refused from anybody else', () => {
    expect(given(security)).toMatchObject({ code: 'E_GRANT_REVIEWER' })
  })

  test('is refused where the config takes no such request any more', () => {
    expect(given(direct({ allow: false }))).toMatchObject({
      code: 'E_GRANT_REQUEST',
      message: expect.stringContaining(
        'cannot be decided any more: Sallyport takes no request without a template here',
      ),
    })
  })
})
