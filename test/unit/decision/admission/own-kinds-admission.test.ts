import { describe, expect, test } from '@jest/globals'
import type { Review } from '../../../../src/api/review/admission-review.ts'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { admitGrant } from '../../../../src/decision/admission/grant-admission.ts'
import { admitRequest } from '../../../../src/decision/admission/request-admission.ts'
import { aGrant, aRequest } from '../../../fixtures/example-access.ts'
import { execReview } from '../../../fixtures/review.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'

const policy = {
  identity: { proofKeys: ['authentication.kubernetes.io/credential-id'], extraKeys: [], impersonation: 'Deny' },
  requests: { direct: anyDirect },
  grants: { requireDigest: true, direct: anyDirect },
} as const
const mallory = { username: 'mallory', extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=1'] } }

function admit(object: { readonly kind: string }, fields: Partial<Review>): object {
  const review = execReview({ userInfo: mallory, object, ...fields })
  return object.kind === 'AccessGrant' ? admitGrant(review, policy) : admitRequest(review, policy)
}

describe('whether something is new is the operation’s word, not the old object’s', () => {
  test('a CREATE that brings an old object is stamped as new', () => {
    expect(admit(aRequest(), { operation: 'CREATE', oldObject: aRequest() })).toMatchObject({
      decision: { verdict: 'allow', patch: [{ path: '/spec/requestor', value: { username: 'mallory' } }] },
    })
  })

  test('a verdict that brings an old object is judged as new', () => {
    expect(admit(aGrant(), { operation: 'CREATE', oldObject: aGrant() })).toMatchObject({
      verdict: { kind: 'AccessGrant' },
    })
  })

  test.each([null, {}, { spec: null }, 'x'])('an UPDATE of %j is refused', (oldObject) => {
    for (const object of [aRequest(), aGrant()]) {
      expect(admit(object, { operation: 'UPDATE', oldObject })).toMatchObject({
        decision: { verdict: 'deny', code: 'E_REVIEW_INVALID' },
      })
    }
  })
})

test('a verdict that the schema may know better has no giver then, so that it is refused in any case', () => {
  const object = { ...aGrant(), spec: { ...aGrant().spec, verdict: 'Perhaps' } }

  expect(admit(object, { operation: 'CREATE' })).toMatchObject({
    decision: { verdict: 'allow', patch: [{ op: 'remove', path: '/spec/grantedBy' }] },
  })
})

describe('of a request’s size', () => {
  const padded = (bytes: number): AccessRequest['spec'] => {
    const { requestor, ...spec } = aRequest({ reason: '' }).spec
    return { ...spec, reason: 'x'.repeat(bytes - JSON.stringify(spec).length) }
  }

  test.each([
    [65_536, { verdict: 'allow' }],
    [65_537, { verdict: 'deny', code: 'E_TOO_LARGE' }],
  ])('%d bytes of what is asked: %j', (bytes, decision) => {
    const object = { ...aRequest(), spec: padded(bytes) }

    expect(admit(object, { operation: 'CREATE' })).toMatchObject({ decision })
  })

  test('what was stamped on the largest keeps nobody from revoking it', () => {
    const oldObject = { ...aRequest(), spec: { ...padded(65_536), requestor: { username: 'mallory' } } }
    const object = { ...oldObject, spec: { ...oldObject.spec, revoked: { message: 'done' } } }

    expect(admit(object, { operation: 'UPDATE', oldObject })).toMatchObject({
      decision: {
        verdict: 'allow',
        patch: expect.arrayContaining([expect.objectContaining({ value: { username: 'mallory' } })]),
      },
    })
  })
})
