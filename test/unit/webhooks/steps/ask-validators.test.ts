import { expect, test } from '@jest/globals'
import type { Answer } from '../../../../src/decision/challenge/judge.ts'
import { allowed, denied } from '../../../../src/decision/decision.ts'
import { stampRequest } from '../../../../src/decision/admission/stamp.ts'
import { questionOfRequest } from '../../../../src/decision/admission/validator-questions.ts'
import type { Validator } from '../../../../src/validation/validators.ts'
import { validated, type Validating } from '../../../../webhooks/steps/ask-validators.ts'
import { aRequest } from '../../../fixtures/example-access.ts'
import { execReview } from '../../../fixtures/review.ts'

const object = aRequest()
const review = execReview({ operation: 'CREATE', namespace: 'shop', object })
const stamped = allowed('STAMPED', '', { patch: stampRequest(object.spec, undefined, { username: 'alice' }) })
const signal = new AbortController().signal
const answering = (name: string, answer: Answer): Validator => ({ name, ask: () => Promise.resolve(answer) })
const yes = answering('a', { outcome: 'yes' })

const judge = (asked: readonly Validator[], fields: Partial<Validating> = {}, decision = stamped) => {
  const validators = { of: () => asked }
  const until = performance.now() + 5_000
  const asking: Validating = { validators, about: 'Request', review, id: 'id', signal, until, ...fields }
  return validated(decision, asking, (one) => questionOfRequest(asking.review, one))
}

test('what all validators agree to stands as it was decided', async () => {
  expect(await judge([])).toBe(stamped)
  expect(await judge([yes, yes])).toBe(stamped)
})

test('what one of them does not is denied', async () => {
  expect(await judge([yes, answering('b', { outcome: 'no' })])).toMatchObject({ code: 'E_VALIDATOR' })
  expect(await judge([answering('b', { outcome: 'failed', why: 'it is away' }), yes])).toMatchObject({
    code: 'E_VALIDATOR_DOWN',
  })
})

test('nobody is asked about a denial, or about a change', async () => {
  const never: Validator = { name: 'never', ask: () => Promise.reject(new Error('it was asked')) }

  const denial = denied('E_TOO_LARGE', 'no')
  expect(await validated(denial, validatingWith(never), () => ({ problem: 'none' }))).toBe(denial)
  expect(await judge([never], { review: { ...review, operation: 'UPDATE' } })).toBe(stamped)
})

test('what cannot be put before a validator is denied, and only where there is one', async () => {
  const odd = { review: { ...review, object: { spec: { startAt: 'soon' } } } }

  expect(await judge([yes], odd)).toMatchObject({ code: 'E_NOT_VALIDATED' })
  expect(await judge([], odd)).toBe(stamped)
})

test('all are asked at once, and told to stop before the answer must be out', async () => {
  const asked: string[] = []
  const hanging = (name: string): Validator => ({
    name,
    ask: (_question, _id, given) =>
      new Promise((resolve) => {
        asked.push(name)
        given.addEventListener('abort', () => {
          resolve({ outcome: 'failed', why: 'it did not answer in time' })
        })
      }),
  })
  // As much time is left as the denial itself needs. A busy machine may be late, so nothing is timed here.
  const decision = await judge([hanging('a'), hanging('b')], { until: performance.now() + 200 })

  expect(asked).toEqual(['a', 'b'])
  expect(decision).toMatchObject({
    code: 'E_VALIDATOR_DOWN',
    message: expect.stringMatching(/validator a .*validator b /),
  })
})

test('none is told to stop while there is time', async () => {
  const stopped: boolean[] = []
  const quick: Validator = {
    name: 'quick',
    ask: (_question, _id, given) => {
      stopped.push(given.aborted)
      return Promise.resolve({ outcome: 'yes' })
    },
  }

  expect(await judge([quick], { until: performance.now() + 60_000 })).toMatchObject({ verdict: 'allow' })
  expect(stopped).toEqual([false])
})

function validatingWith(one: Validator): Validating {
  return {
    validators: { of: () => [one] },
    about: 'Request',
    review,
    id: 'id',
    signal,
    until: performance.now() + 5_000,
  }
}
