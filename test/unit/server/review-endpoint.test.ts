import { describe, expect, test } from '@jest/globals'
import type { Decision } from '../../../src/decision/decision.ts'
import { allowed, denied } from '../../../src/decision/decision.ts'
import { answerReview } from '../../../src/server/review-endpoint.ts'
import type { Answered, Webhook } from '../../../src/decision/webhook.ts'
import { connectMatch } from '../../../src/install/gate-matches.ts'
import { stampRequestMatch } from '../../../webhooks/stamp-request.ts'
import { execReview, reviewBody, reviewOf } from '../../fixtures/review.ts'

const { uid } = execReview()
const left = 200

function webhook(handle: Webhook['handle'], conclude = (decision: Decision): Decision => decision): Webhook {
  return { match: { ...connectMatch, name: 'gate.test' }, handle, conclude }
}
const open = webhook(() => Promise.resolve(allowed('EXEMPT', 'test')))

async function answer(body: unknown, served = open): Promise<{ status: number; body: object; told: Answered[] }> {
  const told: Answered[] = []
  const { status, body: answered } = await answerReview(served, { body, caller: ['path'], left }, (one) =>
    told.push(one),
  )
  return { status, body: answered, told }
}

test('an allow has the uid, and an audit annotation with the id that is told', async () => {
  const { status, body, told } = await answer(reviewBody(execReview()))

  expect(status).toBe(200)
  expect(body).toEqual({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: true, auditAnnotations: { 'decision-id': told[0]?.id, code: 'EXEMPT' } },
  })
  expect(told).toMatchObject([
    { uid, caller: ['path'], webhook: 'gate.test', review: { name: 'web-0' }, decision: { verdict: 'allow' } },
  ])
})

test('a denial has code, reason and text', async () => {
  const closed = webhook(() => Promise.resolve(denied('E_NO_PASS', 'No', 'Ask.')))

  expect((await answer(reviewBody(execReview()), closed)).body).toMatchObject({
    response: { uid, allowed: false, status: { code: 403, reason: 'Forbidden', message: 'No (E_NO_PASS). Ask.' } },
  })
})

test('a webhook is told how long it has', async () => {
  const given: number[] = []
  const asked = webhook((_review, call) => {
    given.push(call.left)
    return Promise.resolve(allowed('EXEMPT', 'test'))
  })
  await answer(reviewBody(execReview()), asked)

  expect(given).toEqual([left])
})

describe('a body without a readable uid is a 400 with a v1 Status', () => {
  test.each([
    ['no body', undefined],
    ['no JSON', '{"request":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a string', '"x"'],
    ['no request', '{}'],
    ['a request that is null', '{"request":null}'],
    ['no uid', reviewBody(execReview()).replace('"uid"', '"u"')],
    ['a uid that is a number', '{"request":{"uid":5}}'],
    ['an empty uid', '{"request":{"uid":""}}'],
    ['an endless uid', JSON.stringify({ request: { uid: 'x'.repeat(257) } })],
  ])('%s', async (_title, body) => {
    const result = await answer(body)

    expect(result).toMatchObject({ status: 400, body: { kind: 'Status', code: 400, status: 'Failure' }, told: [] })
  })
})

describe('a body with a uid that is no review is denied with this uid', () => {
  test.each([
    ['another kind', { apiVersion: 'v1', kind: 'Pod', request: { uid } }],
    ['another version', { apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview', request: execReview() }],
    [
      'no user',
      { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { ...execReview(), userInfo: {} } },
    ],
    ['only a uid', { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid } }],
  ])('%s', async (_title, body) => {
    const result = await answer(JSON.stringify(body))

    expect(result).toMatchObject({ status: 200, body: { response: { uid, allowed: false, status: { code: 400 } } } })
    expect(result.told).toHaveLength(1)
  })
})

describe('a review of what a webhook does not listen to is denied, whatever the webhook would say', () => {
  const stamping = { ...open, match: stampRequestMatch }
  const ourKind = { group: 'access.sallyport.dev', version: 'v1alpha1', resource: 'accessrequests' }
  const created = { resource: ourKind, subResource: '', operation: 'CREATE' } as const

  test('as it is let in otherwise', async () => {
    expect((await answer(reviewBody(execReview(created)), stamping)).body).toMatchObject({
      response: { allowed: true },
    })
  })

  test.each([
    ['another resource', execReview(), stamping],
    ['another group', execReview({ ...created, resource: { ...ourKind, group: '' } }), stamping],
    ['a subresource', execReview({ ...created, subResource: 'status' }), stamping],
    ['another operation', execReview({ ...created, operation: 'DELETE' }), stamping],
    ['no namespace', execReview({ ...created, namespace: '' }), stamping],
    ['an exec that is created', execReview({ operation: 'CREATE' }), open],
    ['a debug container that is connected', reviewOf('pods/ephemeralcontainers', { operation: 'CONNECT' }), open],
    ['another version', execReview({ resource: { group: '', version: 'v2', resource: 'pods' } }), open],
  ])('%s', async (_title, review, served) => {
    const { body, told } = await answer(reviewBody(review), served)

    expect(body).toMatchObject({ response: { uid, allowed: false, status: { code: 400 } } })
    expect(told).toMatchObject([{ decision: { code: 'E_REVIEW_INVALID' } }])
  })
})

describe('a webhook that fails', () => {
  test.each([
    ['throws', () => Promise.reject(new Error('password=secret'))],
    [
      'throws at once',
      () => {
        throw new TypeError('password=secret')
      },
    ],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a handler may throw anything
    ['throws nothing', () => Promise.reject(undefined)],
  ])('%s: denied with a code and an id, and not with its text', async (_title, handle) => {
    const { status, body, told } = await answer(reviewBody(execReview()), webhook(handle))

    expect(status).toBe(200)
    expect(body).toMatchObject({ response: { uid, allowed: false, status: { code: 500 } } })
    expect(JSON.stringify(body)).toContain(`(E_INTERNAL). `)
    expect(JSON.stringify(body)).toContain(told[0]?.id)
    expect(JSON.stringify(body)).not.toContain('secret')
  })

  test('hangs: denied at the deadline, and its signal has fired', async () => {
    let aborted = false
    const hangs = webhook(
      (_review, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (aborted = true))
        }),
    )

    const { body } = await answer(reviewBody(execReview()), hangs)

    expect(body).toMatchObject({ response: { uid, allowed: false, status: { code: 500 } } })
    expect(JSON.stringify(body)).toContain('E_DEADLINE')
    expect(aborted).toBe(true)
  })

  test('allows after the deadline: still denied', async () => {
    const late = webhook(async (_review, { signal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve)
      })
      return allowed('EXEMPT', 'late')
    })

    expect((await answer(reviewBody(execReview()), late)).body).toMatchObject({ response: { allowed: false } })
  })
})

test('what cannot be told is not let in', async () => {
  const result = await answerReview(open, { body: reviewBody(execReview()), caller: ['path'], left }, () => {
    throw new Error('the log is full')
  })

  expect(result.body).toMatchObject({ response: { uid, allowed: false, status: { code: 500 } } })
})

test('the webhook has the last word on the answers that the server gives for it', async () => {
  const observing = webhook(
    () => Promise.reject(new Error('x')),
    (decision) => (decision.verdict === 'deny' ? { ...allowed('OBSERVED', 'observing'), would: decision } : decision),
  )

  expect((await answer(reviewBody(execReview()), observing)).body).toMatchObject({
    response: { allowed: true, auditAnnotations: { code: 'OBSERVED', would: 'E_INTERNAL' } },
  })
})
