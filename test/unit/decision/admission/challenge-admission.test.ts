import { describe, expect, test } from '@jest/globals'
import type { Review } from '../../../../src/api/review/admission-review.ts'
import type { AccessGrant } from '../../../../src/api/kinds/access-grant.ts'
import type { AccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import type { Challenge } from '../../../../src/api/kinds/challenge.ts'
import type { Decision } from '../../../../src/decision/decision.ts'
import { admitVerdict } from '../../../../src/decision/admission/grant-admission.ts'
import { admitUnderTemplate, admitRequest } from '../../../../src/decision/admission/request-admission.ts'
import { admitTemplate, objectionToExpressions } from '../../../../src/decision/admission/template-admission.ts'
import { active, aGrant, aRequest, aTemplate, at, pending } from '../../../fixtures/example-access.ts'
import { execReview } from '../../../fixtures/review.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'

const identity = { proofKeys: [], extraKeys: [], impersonation: 'Record' } as const
const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
const sre = { kind: 'Group', name: 'sre' } as const
const byOne: Challenge = { peerReview: { count: 1, reviewers: [sre] } }
const message = (decision: Decision): string => (decision.verdict === 'deny' ? decision.message : decision.why)

describe('a template at apply', () => {
  const applied = (challenges: readonly Challenge[]): ReturnType<typeof admitTemplate> => {
    const object = aTemplate({ challenges: [...challenges] })
    const review = execReview({ operation: 'CREATE', object, userInfo: { username: 'admin' } })
    const policy = { identity, workloads: [], validators: [{ name: 'ticket-check' }] }
    return admitTemplate(review, policy, { look: () => ({ problems: [], dangers: [] }), now: at('12:00:00') })
  }

  test.each<[string, readonly Challenge[], string]>([
    [
      'a time zone that there is not',
      [{ timeWindow: { timeZone: 'Mars/Base', from: '09:00', to: '10:00' } }],
      'Mars/Base is not a time zone',
    ],
    [
      'a validator that there is not',
      [{ webhook: { name: 'tickets' } }],
      'the config has no validator tickets; it has ticket-check',
    ],
    [
      'reviewers that are too few',
      [{ peerReview: { count: 2, reviewers: [{ kind: 'User', name: 'bob' }] } }],
      'only 1 reviewers',
    ],
    [
      'more approvals than can be kept',
      Array.from({ length: 3 }, () => ({ peerReview: { count: 11, reviewers: [sre] } })),
      'asks for 33 approvals, but a request can hold at most 32',
    ],
  ])('refused for %s', (_title, challenges, text) => {
    expect(applied(challenges)).toMatchObject({
      decision: { code: 'E_TEMPLATE_INVALID', message: expect.stringContaining(text) },
    })
  })

  test('its expressions are to be compiled, and are named by their fields', () => {
    const found = applied([byOne, { expression: { cel: 'nonsense', message: 'no' } }])

    expect(found).toMatchObject({ expressions: [{ path: 'spec.challenges[1].expression.cel', cel: 'nonsense' }] })
    expect(objectionToExpressions(new Map([['a', undefined]]))).toBeUndefined()
    expect(objectionToExpressions(new Map([['a', 'line 1']]))?.message).toContain('a: line 1 (E_TEMPLATE_INVALID)')
  })
})

describe('a request under a template', () => {
  const asked = (template: AccessTemplate, fields: Partial<Review> = {}, spec = {}, isOfAnother = false): Decision => {
    const object = aRequest({ templateRef, ...spec })
    const userInfo = { username: 'alice', groups: ['dev'] }
    const review = execReview({ operation: 'CREATE', namespace: 'shop', object, userInfo, ...fields })
    const found = admitRequest(review, { identity, requests: { direct: anyDirect } })
    if (!('asked' in found)) throw new Error('it was decided without its template')
    return admitUnderTemplate(review, identity, found, {
      template,
      namespaceLabels: {},
      others: [],
      isOfAnother,
      now: at('12:00:00'),
    })
  }

  test.each<[string, object, object, string]>([
    [
      'outside of the hours',
      { from: '13:00', to: '14:00' },
      {},
      'opens Sat 2026-11-21 13:00 in UTC (E_CHALLENGE_WINDOW)',
    ],
    ['that may wait for the hours', { from: '13:00', to: '14:00', wait: true }, {}, 'stamped who asks'],
    ['to begin in the hours', { from: '13:00', to: '14:00' }, { startAt: '2026-11-21T13:30:00Z' }, 'stamped who asks'],
    [
      'to begin outside of them',
      { from: '11:00', to: '13:00' },
      { startAt: '2026-11-21T13:30:00Z' },
      '(E_CHALLENGE_WINDOW)',
    ],
  ])('%s', (_title, hours, spec, text) => {
    const timeWindow = { timeZone: 'UTC', from: '', to: '', ...hours }

    expect(message(asked(aTemplate({ challenges: [{ timeWindow }] }), {}, spec))).toContain(text)
  })

  test('for a pod that belongs to another workload is refused with what is offered', () => {
    expect(asked(aTemplate(), {}, {}, true)).toMatchObject({
      verdict: 'deny',
      code: 'E_TEMPLATE_BEYOND',
      message: expect.stringMatching(
        /AccessTemplate web offers Pod web-0, to which pod web-0 does not belong .* Leave the pod out/,
      ),
    })
  })

  test('keeps of very many groups the one that lets its requestor ask', () => {
    const groups = [...Array.from({ length: 300 }, (_, index) => `group-${index}`), 'dev']

    expect(asked(aTemplate(), { userInfo: { username: 'alice', groups } })).toMatchObject({
      patch: [{ path: '/spec/requestor', value: { groups: expect.arrayContaining(['dev']) } }],
    })
  })
})

describe('a verdict on a request under a template', () => {
  const template = aTemplate({ challenges: [byOne] })
  const request = pending(aRequest({ templateRef }), template)
  const given = (userInfo: Review['userInfo'], found: object = {}, spec: Partial<AccessGrant['spec']> = {}): Decision =>
    admitVerdict(
      execReview({ operation: 'CREATE', namespace: 'shop', userInfo }),
      aGrant(request, spec),
      { request, template, others: [], now: at('12:00:00'), ...found },
      { identity, grants: { requireDigest: true, direct: anyDirect } },
    )
  const bob = { username: 'bob', groups: ['sre'] }

  test.each<[string, Review['userInfo'], object, string]>([
    ['of a reviewer counts', bob, {}, 'Approved request look'],
    ['of nobody who may does not', { username: 'eve' }, {}, 'eve is not a reviewer of request look (E_GRANT_REVIEWER)'],
    ['of the requestor does not', { username: 'alice', groups: ['sre'] }, {}, '(E_GRANT_SELF)'],
    [
      'where no place is left does not',
      bob,
      { others: [aGrant(request, { grantedBy: { username: 'carol', groups: ['sre'] } })] },
      'has all the approvals that it needs (E_GRANT_NEEDLESS)',
    ],
    ['under a template that asks for none does not', bob, { template: aTemplate() }, 'does not need approval'],
    [
      'that only a validator and the hours keep waiting does not',
      bob,
      {
        template: {
          ...template,
          spec: {
            ...template.spec,
            challenges: [
              { webhook: { name: 'ticket-check' } },
              { timeWindow: { timeZone: 'UTC', from: '13:00', to: '14:00', wait: true } },
            ],
          },
        },
      },
      'does not ask for any. It still waits: the validator ticket-check must say yes; the time window opens Sat 2026-11-21 13:00 in UTC ' +
        '(E_GRANT_NEEDLESS). Nothing is left to approve.',
    ],
    [
      'on what is active does not, whoever gives it',
      { username: 'eve' },
      { request: active(request, template) },
      'Request look is active already, until 2026-11-21 13:00 UTC (E_GRANT_NEEDLESS)',
    ],
    [
      'on what is scheduled does not',
      bob,
      {
        request: {
          ...request,
          spec: { ...request.spec, startAt: '2026-11-21T20:00:00Z' },
          status: { ...active(request, template).status, phase: 'Scheduled' },
        },
      },
      'is approved already: its access begins at 2026-11-21T20:00:00Z',
    ],
    [
      'without a template does not where somebody approved it',
      bob,
      {
        request: pending(),
        template: undefined,
        others: [aGrant(pending(), { grantedBy: { username: 'carol', groups: [] } })],
      },
      'has all the approvals that it needs',
    ],
    [
      'under a template that is gone does not',
      bob,
      { template: undefined },
      'AccessTemplate web is gone (E_GRANT_REQUEST)',
    ],
    [
      'under a template that was changed does not',
      bob,
      { template: { ...template, metadata: { ...template.metadata, generation: 2 } } },
      'AccessTemplate web was changed (E_GRANT_REQUEST)',
    ],
    [
      'of a service account that is not named does not',
      { username: 'system:serviceaccount:a:b', groups: ['sre'] },
      {},
      '(E_GRANT_SERVICE_ACCOUNT)',
    ],
  ])('%s', (_title, user, found, text) => {
    expect(message(given(user, found))).toContain(text)
  })

  test('keeps of very many groups the one that makes a reviewer', () => {
    const groups = [...Array.from({ length: 300 }, (_, index) => `group-${index}`), 'sre']

    expect(given({ username: 'bob', groups })).toMatchObject({
      patch: [{}, { path: '/spec/grantedBy', value: { groups: expect.arrayContaining(['sre']) } }],
    })
  })
})
