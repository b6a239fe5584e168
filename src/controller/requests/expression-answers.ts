import type { Instant, Milliseconds } from '../../api/duration.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import { awaitsAnswers } from '../../decision/challenge/awaits-answers.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'
import type { Answer } from '../../decision/challenge/judge.ts'
import { expressionFacts, type ExpressionFacts } from '../../decision/challenge/expression-facts.ts'
import { askedDuration } from '../../decision/template.ts'
import type { Evaluator } from '../../expression/evaluator.ts'
import type { Facts } from '../../provision/facts/request-facts.ts'
import { keyOf } from '../views/keys.ts'

interface ExpressionAnswersOptions {
  readonly evaluator: Pick<Evaluator, 'evaluate'>
  readonly steady: Pick<Clock, 'now'>
  /** Has a request looked at again after this time. */
  readonly again: (key: string, afterMs: Milliseconds) => void
}

type ExpressionInputs = Pick<Facts, 'request' | 'template' | 'pod'>

/**
 * The answers of a template's expressions about a request that waits. An answer is kept until what the expression
 * looked at changes. A pod that changes causes many looks a second, and all expressions share one process.
 */
export interface ExpressionAnswers {
  /**
   * Returns the answers by their places among the challenges.
   * @throws Error if an expression was not evaluated by Sallyport's fault: it is tried again, and decides nothing
   */
  answersOf(known: ExpressionInputs, now: Instant): Promise<ReadonlyMap<number, Answer>>
  /** Forgets the answers of a request that is gone. */
  forget(key: string): void
}

interface KeptAnswer {
  /** The expression and the facts, without the time. */
  readonly about: string
  readonly answer: Answer
  readonly until: number
}

// The time of day differs at each look.
const keptWithTimeMs = 1_000
// An expression that took too long on a busy machine may be faster the next time.
const keptFailedMs = 10_000

export function createExpressionAnswers({ evaluator, steady, again }: ExpressionAnswersOptions): ExpressionAnswers {
  const kept = new Map<string, Map<number, KeptAnswer>>()

  async function answer(key: string, place: number, cel: string, facts: ExpressionFacts): Promise<Answer> {
    const ofRequest = kept.get(key) ?? new Map<number, KeptAnswer>()
    const about = canonicalJson([cel, { ...facts, now: undefined }])
    const before = ofRequest.get(place)
    if (before?.about === about && steady.now() < before.until) {
      // Otherwise nothing may bring the look at which the time would count.
      if (looksAtTime(cel)) again(key, before.until - steady.now())
      return before.answer
    }
    const given = await evaluator.evaluate(cel, facts)
    if (given.outcome === 'failed' && given.passing) throw new Error(`an expression was not evaluated: ${given.why}`)
    kept.set(key, ofRequest.set(place, { about, answer: given, until: steady.now() + keptMs(cel, given) }))
    return given
  }

  return {
    async answersOf({ request, template, pod }, now) {
      const answers = new Map<number, Answer>()
      const key = keyOf(request)
      if (!awaitsAnswers(request, template)) {
        kept.delete(key)
        return answers
      }
      const { challenges = [] } = template.spec
      const duration = askedDuration(request.spec, template)
      const facts = expressionFacts({ request, duration, template, target: request.status?.target, pod, now })
      for (const [place, { expression }] of challenges.entries()) {
        // They run one after the other: they wait for one process anyway, and its queue is for all requests.
        if (expression) answers.set(place, await answer(key, place, expression.cel, facts))
      }
      return answers
    },
    forget(key) {
      kept.delete(key)
    },
  }
}

function keptMs(cel: string, { outcome }: Answer): Milliseconds {
  if (looksAtTime(cel)) return keptWithTimeMs
  return outcome === 'failed' ? keptFailedMs : Infinity
}

/**
 * True if an expression names the time. It is true also if the word stands in a text: then the expression is evaluated
 * more often than it must be.
 */
function looksAtTime(cel: string): boolean {
  return /\bnow\b/.test(cel)
}
