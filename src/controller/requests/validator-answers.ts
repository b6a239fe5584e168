import type { Answer } from '../../decision/challenge/judge.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import { awaitsAnswers } from '../../decision/challenge/awaits-answers.ts'
import { questionOfChallenge, type ValidatorQuestion } from '../../decision/admission/validator-questions.ts'
import type { Facts } from '../../provision/facts/request-facts.ts'
import { createTurns } from '../../validation/turns.ts'
import type { Validator, Validators } from '../../validation/validators.ts'
import { keyOf } from '../views/keys.ts'
import { createRememberedAnswers, type RememberedQuestion, type Remembered } from './remembered-answers.ts'

/** What the validators that templates name say of requests that wait. Nobody waits for them: who is silent holds up no other request. */
export interface ValidatorAnswers {
  /** What they have said so far, by their places among the challenges. Who was not asked yet is asked now. */
  answersOf(known: Pick<Facts, 'request' | 'template'>, signal: AbortSignal): ReadonlyMap<number, Answer>
  forget(key: string): void
}

export interface ValidatorAnswersOptions {
  readonly validators: Pick<Validators, 'named'>
  readonly steady: Pick<Clock, 'now'>
  /** Of one call and no other. */
  readonly newId: () => string
  readonly random: () => number
  /** The request is to be looked at again, after so long. */
  readonly again: (key: string, afterMs: number) => void
}

// Of one validator: what a thousand requests ask must not fall upon it at once.
const atOnce = 16
const pauseMs = 100

const noValidator: Answer = { outcome: 'failed', why: 'the config has no validator of that name' }

export function createValidatorAnswers(options: ValidatorAnswersOptions): ValidatorAnswers {
  const { validators, steady, newId, random, again } = options
  const memories = createRememberedAnswers({ steady, random })
  const turns = new Map<string, ReturnType<typeof createTurns>>()

  async function ask(
    validator: Validator,
    question: ValidatorQuestion,
    asked: RememberedQuestion,
    signal: AbortSignal,
  ): Promise<void> {
    const inTurn = turns.get(validator.name) ?? createTurns(atOnce)
    turns.set(validator.name, inTurn)
    asked.isAsking = true
    asked.answer = await inTurn(() => validator.ask(question, newId(), signal))
    asked.isAsking = false
    if (asked.answer.outcome === 'failed') asked.notBefore = steady.now() + asked.backoff.next(pauseMs)
  }

  function answerOf(
    name: string,
    question: ValidatorQuestion,
    { key, memory, signal }: QuestionPlace,
  ): Answer | undefined {
    const validator = validators.named(name)
    if (!validator) return noValidator
    const asked = memories.askedOf(memory, name)
    const isOpen = asked.answer === undefined || asked.answer.outcome === 'failed'
    if (!isOpen || asked.isAsking) return asked.answer
    const waitMs = asked.notBefore - steady.now()
    // Each time: of several moments the queue keeps the earliest, and forgets the others.
    if (waitMs > 0) again(key, waitMs)
    else {
      void ask(validator, question, asked, signal).then(() => {
        if (!signal.aborted && memories.isCurrent(key, memory)) again(key, 0)
      })
    }
    return asked.answer
  }

  return {
    answersOf({ request, template }, signal) {
      const key = keyOf(request)
      const named = awaitsAnswers(request, template) ? namedIn(template) : []
      const question = named.length > 0 ? questionOfChallenge(request) : undefined
      if (!question) {
        memories.forget(key)
        return new Map()
      }
      const place = { key, memory: memories.recall(key, request.status?.digest ?? ''), signal }
      return new Map(
        named.flatMap(([index, name]): [number, Answer][] => {
          const answer = answerOf(name, question, place)
          return answer ? [[index, answer]] : []
        }),
      )
    },
    forget: (key) => memories.forget(key),
  }
}

interface QuestionPlace {
  readonly key: string
  readonly memory: Remembered
  readonly signal: AbortSignal
}

function namedIn({ spec: { challenges = [] } }: NonNullable<Facts['template']>): readonly [number, string][] {
  return challenges.flatMap(({ webhook }, index): [number, string][] => (webhook ? [[index, webhook.name]] : []))
}
