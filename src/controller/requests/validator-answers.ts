import type { Answer } from '../../decision/challenge/judge.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import { awaitsAnswers } from '../../decision/challenge/awaits-answers.ts'
import { questionOfChallenge, type ValidatorQuestion } from '../../decision/admission/validator-questions.ts'
import type { Facts } from '../../provision/facts/request-facts.ts'
import { createTurns } from '../../validation/turns.ts'
import type { Validator, Validators } from '../../validation/validators.ts'
import { keyOf } from '../views/keys.ts'
import { createRememberedAnswers, type RememberedQuestion, type Remembered } from './remembered-answers.ts'

/**
 * The answers of the validators that templates name, about requests that wait. Nobody waits for a validator: a silent
 * one holds up no other request.
 */
export interface ValidatorAnswers {
  /**
   * Returns the answers so far, by their places among the challenges. Validators that were not asked yet are asked now.
   */
  answersOf(known: Pick<Facts, 'request' | 'template'>, signal: AbortSignal): ReadonlyMap<number, Answer>
  forget(key: string): void
}

export interface ValidatorAnswersOptions {
  readonly validators: Pick<Validators, 'named'>
  readonly steady: Pick<Clock, 'now'>
  /** Returns an id for one call and no other. */
  readonly newId: () => string
  readonly random: () => number
  /** Has a request looked at again after this time. */
  readonly again: (key: string, afterMs: number) => void
}

// The limit for one validator: the questions of a thousand requests must not fall upon it at once.
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
    // This is done each time: the queue keeps only the earliest time for a key, and forgets the others.
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
