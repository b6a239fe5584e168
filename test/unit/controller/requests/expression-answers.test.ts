import { expect, test } from '@jest/globals'
import {
  createExpressionAnswers,
  type ExpressionAnswers,
} from '../../../../src/controller/requests/expression-answers.ts'
import type { Answer } from '../../../../src/decision/challenge/judge.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import { aPod, aRequest, aTemplate, at, pending } from '../../../fixtures/example-access.ts'

interface Scene {
  readonly answers: ExpressionAnswers
  /** The expressions that were evaluated so far. */
  readonly evaluated: string[]
  readonly again: number[]
  /** The time of the steady clock, in ms. */
  time: number
}

function scene(answer: Answer = { outcome: 'yes' }): Scene {
  const evaluator = {
    evaluate: (cel: string) => {
      one.evaluated.push(cel)
      return Promise.resolve(answer)
    },
  }
  const again = (_key: string, afterMs: number): unknown => one.again.push(afterMs)
  const answers = createExpressionAnswers({ evaluator, steady: { now: () => one.time }, again })
  const one: Scene = { answers, evaluated: [], again: [], time: 1_000 }
  return one
}

function known(
  cel: string,
  labels: Readonly<Record<string, string>> = {},
): Pick<Facts, 'request' | 'template' | 'pod'> {
  const template = aTemplate({ challenges: [{ expression: { cel, message: 'no' } }] })
  const templateRef = { kind: 'AccessTemplate', name: template.metadata.name } as const
  const { uid, generation } = template.metadata
  const request = pending(aRequest({ templateRef }))
  const pod = aPod()
  return {
    request: { ...request, status: { ...request.status, template: { uid, generation } } },
    template,
    pod: { ...pod, metadata: { ...pod.metadata, labels } },
  }
}

const now = at('12:00:00')

test('an answer is kept as long as it is about the same, whatever time it is', async () => {
  const { answers, evaluated } = scene()

  for (let look = 0; look < 100; look++) await answers.answersOf(known('true'), now + look * 60_000)
  expect(evaluated).toHaveLength(1)

  expect(await answers.answersOf(known('true', { app: 'other' }), now)).toEqual(new Map([[0, { outcome: 'yes' }]]))
  await answers.answersOf(known('1 == 1', { app: 'other' }), now)
  expect(evaluated).toEqual(['true', 'true', '1 == 1'])
})

test('one that looks at the time is kept for a second, and then looked at again', async () => {
  const one = scene()
  const byTime = known("now > timestamp('2026-01-01T00:00:00Z')")

  await one.answers.answersOf(byTime, now)
  one.time += 400
  await one.answers.answersOf(byTime, now)
  expect(one.evaluated).toHaveLength(1)
  expect(one.again).toEqual([600])

  one.time += 600
  await one.answers.answersOf(byTime, now)
  expect(one.evaluated).toHaveLength(2)
})

test('one that failed is tried again after ten seconds', async () => {
  const one = scene({ outcome: 'failed', why: 'it computed for too long' })

  await one.answers.answersOf(known('slow'), now)
  one.time += 9_999
  await one.answers.answersOf(known('slow'), now)
  expect(one.evaluated).toHaveLength(1)
  one.time += 1
  await one.answers.answersOf(known('slow'), now)
  expect(one.evaluated).toHaveLength(2)
})

test('what was our fault is not kept', async () => {
  const { answers, evaluated } = scene({ outcome: 'failed', why: 'killed', passing: true })

  await expect(answers.answersOf(known('true'), now)).rejects.toThrow('killed')
  await expect(answers.answersOf(known('true'), now)).rejects.toThrow('killed')
  expect(evaluated).toHaveLength(2)
})

test('of a request that is gone nothing is kept', async () => {
  const { answers, evaluated } = scene()

  await answers.answersOf(known('true'), now)
  answers.forget('shop/look')
  await answers.answersOf(known('true'), now)
  expect(evaluated).toHaveLength(2)
})
