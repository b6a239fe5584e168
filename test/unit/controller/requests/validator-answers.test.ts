import { beforeEach, expect, test } from '@jest/globals'
import { setImmediate as soon } from 'node:timers/promises'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { Challenge } from '../../../../src/api/kinds/challenge.ts'
import { createValidatorAnswers, type ValidatorAnswers } from '../../../../src/controller/requests/validator-answers.ts'
import type { Answer } from '../../../../src/decision/challenge/judge.ts'
import type { ValidatorQuestion } from '../../../../src/decision/admission/validator-questions.ts'
import { active, aRequest, aTemplate, pending } from '../../../fixtures/example-access.ts'

const challenges: Challenge[] = [
  { peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } },
  { webhook: { name: 'tickets' } },
]
const template = aTemplate({ challenges })
const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
const waits = pending(aRequest({ templateRef }), template)
const signal = new AbortController().signal

interface Call {
  readonly question: ValidatorQuestion
  readonly id: string
  readonly answer: (answer: Answer) => void
}

let now: number
let calls: Call[]
let again: [key: string, afterMs: number][]
let answers: ValidatorAnswers

beforeEach(() => {
  now = 0
  calls = []
  again = []
  const tickets = {
    name: 'tickets',
    ask: (question: ValidatorQuestion, id: string) =>
      new Promise<Answer>((answer) => {
        calls.push({ question, id, answer })
      }),
  }
  answers = createValidatorAnswers({
    validators: { named: (name) => (name === 'tickets' ? tickets : undefined) },
    steady: { now: () => now },
    newId: () => `id-${calls.length}`,
    random: () => 0.5,
    again: (key, afterMs) => again.push([key, afterMs]),
  })
})

const yes: Answer = { outcome: 'yes' }
const failed: Answer = { outcome: 'failed', why: 'it did not answer in time', passing: true }
const look = (request: AccessRequest = waits, of = template): readonly [number, Answer][] => [
  ...answers.answersOf({ request, template: of }, signal),
]
async function say(index: number, answer: Answer): Promise<void> {
  calls[index]?.answer(answer)
  await soon()
}

test('nobody waits for the answer; once it is there the request is looked at again, and it is not asked again', async () => {
  expect(look()).toEqual([])
  expect(look()).toEqual([])
  expect(calls).toHaveLength(1)
  expect(calls[0]?.question).toMatchObject({ about: 'Challenge', identity: { username: 'alice' } })
  await say(0, yes)

  expect(again).toEqual([['shop/look', 0]])
  expect(look()).toEqual([[1, yes]])
  expect(calls).toHaveLength(1)
})

test('who gave no answer is asked again, later and later, under another id', async () => {
  look()
  await say(0, failed)
  expect(again).toEqual([['shop/look', 0]])
  expect(look()).toEqual([[1, failed]])
  // Something made it look again too early. It must say again when to look, because the queue may have forgotten it.
  now = 200
  expect(look()).toEqual([[1, failed]])
  expect(again.slice(1)).toEqual([
    ['shop/look', 500],
    ['shop/look', 300],
  ])
  expect(calls).toHaveLength(1)
  now = 500
  look()
  await say(1, failed)
  expect(look()).toEqual([[1, failed]])
  expect(again.at(-1)).toEqual(['shop/look', 1_000])
  now = 1_500
  expect(look()).toEqual([[1, failed]])
  await say(2, yes)

  expect(look()).toEqual([[1, yes]])
  expect(calls.map(({ id }) => id)).toEqual(['id-0', 'id-1', 'id-2'])
})

test('an answer is for one request as it was looked at, and none other', async () => {
  look()
  const changed = aTemplate({ challenges, duration: { max: '5m' } })
  const anew = pending(aRequest({ templateRef }, { uid: 'request-2' }), changed)
  expect(look(anew, changed)).toEqual([])
  expect(calls).toHaveLength(2)
  await say(0, yes)

  expect(again).toEqual([])
  expect(look(anew, changed)).toEqual([])
})

test('of a request that has ended, was granted or is gone nothing is kept', async () => {
  for (const end of [
    () => look({ ...waits, status: { ...waits.status, phase: 'Expired' } }),
    () => look(active(aRequest({ templateRef }), template)),
    () => {
      answers.forget('shop/look')
    },
  ]) {
    const before = calls.length
    look()
    await say(before, yes)
    end()
    expect(look()).toEqual([])
    expect(calls).toHaveLength(before + 2)
    end()
    await say(before + 1, yes)
  }
})

test('one that is silent is asked sixteen things at once and no more, and no other request waits for it', async () => {
  const named = (name: string): AccessRequest => pending(aRequest({ templateRef }, { name, uid: name }), template)
  for (let index = 0; index < 20; index++) expect(look(named(`n-${index}`))).toEqual([])
  expect(calls).toHaveLength(16)
  await say(3, yes)

  expect(calls).toHaveLength(17)
  expect(again).toEqual([['shop/n-3', 0]])
})

test('a validator that the config does not have any more is an answer that denies', () => {
  const other = aTemplate({ challenges: [{ webhook: { name: 'gone' } }] })

  expect(look(pending(aRequest({ templateRef }), other), other)).toEqual([
    [0, { outcome: 'failed', why: 'the config has no validator of that name' }],
  ])
})
