import { describe, expect, test } from '@jest/globals'
import type { Review } from '../../../../src/api/review/admission-review.ts'
import { ValidationCall } from '../../../../src/api/validator-call.ts'
import { schemaCheck } from '../../../../src/api/schema/schema-check.ts'
import { allowed, type Allow } from '../../../../src/decision/decision.ts'
import { stampGrant, stampRequest } from '../../../../src/decision/admission/stamp.ts'
import {
  isCreation,
  notAskable,
  objectionOfValidators,
  questionOfChallenge,
  questionOfGrant,
  questionOfRequest,
} from '../../../../src/decision/admission/validator-questions.ts'
import { validationExamples } from '../../../../scripts/docs/validation-examples.ts'
import { aGrant, aRequest, pending } from '../../../fixtures/example-access.ts'
import { execReview } from '../../../fixtures/review.ts'

const alice = { username: 'alice', groups: ['dev'] }
const bob = { username: 'bob', groups: ['sre'] }
const review = (object: unknown, fields: Partial<Review> = {}): Review =>
  execReview({ operation: 'CREATE', namespace: 'shop', name: 'look', object, ...fields })
const stamped = (patch: Allow['patch'] = []): Allow => ({ ...allowed('STAMPED', ''), patch })

test('the examples of the docs are calls', () => {
  const validate = schemaCheck(ValidationCall, 'call')

  expect(validationExamples().map(({ about }) => about)).toEqual(['Request', 'Grant', 'Challenge'])
  for (const call of validationExamples()) expect(validate(call)).toMatchObject({ ok: true })
})

describe('who asks is who was stamped', () => {
  test('of a request, which is as it will be stored', () => {
    const { spec } = aRequest({
      requestor: { username: 'eve' },
      revoked: { by: bob },
      attributes: { ticket: 'OPS-42' },
    })
    const question = questionOfRequest(
      review({ spec }, { dryRun: true }),
      stamped(stampRequest(spec, undefined, alice)),
    )

    const { revoked: _revoked, ...asked } = spec
    const request = { namespace: 'shop', name: 'look', spec: { ...asked, requestor: alice } }
    expect(question).toEqual({
      question: { about: 'Request', dryRun: true, identity: alice, attributes: { ticket: 'OPS-42' }, request },
    })
  })

  test('of a grant, beside the request that it is on', () => {
    const request = pending()
    const object = aGrant(request, { grantedBy: { username: 'eve' }, duration: '5m', message: 'be quick' })
    const question = questionOfGrant(review(object), stamped(stampGrant(undefined, 'request-1', bob)), request)

    const { digest, target, shortDigest } = request.status ?? {}
    expect(question).toMatchObject({
      question: {
        ...{ about: 'Grant', dryRun: false, identity: bob, attributes: {} },
        request: { uid: 'request-1', spec: request.spec, digest, target },
        grant: { verdict: 'Approved', digest: shortDigest, duration: '5m', message: 'be quick' },
      },
    })
  })

  test('of a request that waits', () => {
    expect(questionOfChallenge(pending())).toMatchObject({ about: 'Challenge', identity: alice })
    const { requestor: _requestor, ...spec } = aRequest().spec
    expect(questionOfChallenge({ ...aRequest(), spec })).toBeUndefined()
  })
})

test.each<[string, object | undefined, Allow]>([
  ['does not fit the schema', { spec: { startAt: 'soon' } }, stamped(stampRequest({}, undefined, alice))],
  ['is not there', undefined, stamped()],
  ['was not stamped', aRequest(), stamped()],
])('a request that %s is put before nobody, and refused', (_title, object, decision) => {
  const question = questionOfRequest(review(object), decision)

  if (!('problem' in question)) throw new Error('it was put before a validator')
  expect(notAskable('Request', question.problem)).toMatchObject({ code: 'E_NOT_VALIDATED', status: 422 })
})

test('neither is a grant whose request nobody found', () => {
  const decision = stamped(stampGrant(undefined, 'request-1', bob))

  expect(questionOfGrant(review(aGrant()), decision, undefined)).toHaveProperty('problem')
  expect(questionOfGrant(review({ spec: { verdict: 'Approved' } }), decision, pending())).toHaveProperty('problem')
})

test.each<[boolean, Review, 'Request' | 'Grant']>([
  [true, review(aRequest()), 'Request'],
  [true, review(undefined), 'Request'],
  [false, review(aRequest(), { operation: 'UPDATE' }), 'Request'],
  [true, review(aGrant()), 'Grant'],
  [true, review({ spec: { verdict: 'approved' } }), 'Grant'],
  [false, review(aGrant(pending(), { verdict: 'Denied' })), 'Grant'],
  [false, review(aGrant(), { operation: 'UPDATE' }), 'Grant'],
])('%s: validators have a word in it', (is, one, about) => {
  expect(isCreation(one, about)).toBe(is)
})

describe('answers', () => {
  const yes = { name: 'a', answer: { outcome: 'yes' } } as const
  const down = { name: 'b', answer: { outcome: 'failed', why: 'it did not answer in time', passing: true } } as const
  const no = { name: 'c', answer: { outcome: 'no', message: 'OPS-1 is\nclosed\u202e' } } as const

  test('that are all yes leave it be', () => {
    expect(objectionOfValidators([yes, { ...yes, name: 'd' }])).toBeUndefined()
  })

  test('a single no denies with its words, made printable, also where another is silent', () => {
    expect(objectionOfValidators([yes, down, no])).toMatchObject({
      code: 'E_VALIDATOR',
      status: 403,
      message: 'The validator c says no: OPS-1 is\\u000aclosed\\u202e (E_VALIDATOR). Do what it says, and try again.',
    })
    expect(objectionOfValidators([{ name: 'c', answer: { outcome: 'no' } }])?.message).toContain('it gives no reason')
    const long = { name: 'c', answer: { outcome: 'no', message: 'x'.repeat(60_000) } } as const
    expect(objectionOfValidators([long])?.message.length).toBeLessThan(1_200)
  })

  test('a silence denies, and is not the fault of the user', () => {
    expect(objectionOfValidators([yes, down])).toMatchObject({
      code: 'E_VALIDATOR_DOWN',
      status: 500,
      message: expect.stringMatching(
        /^The validator b must agree, but gave no answer: it did not answer in time \(E_VALIDATOR_DOWN\)\. It is not your fault/,
      ),
    })
  })
})
