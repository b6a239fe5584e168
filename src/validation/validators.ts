import type { Instant, Milliseconds } from '../api/duration.ts'
import { ValidationAnswer, type ValidationCall } from '../api/validator-call.ts'
import type { Creation, ValidatorConfig } from '../api/config/validator-config.ts'
import { schemaCheck } from '../api/schema/schema-check.ts'
import type { Answer } from '../decision/challenge/judge.ts'
import type { ValidatorQuestion } from '../decision/admission/validator-questions.ts'
import { createSignedCaller, type SignedAnswer } from '../signed-calls/signed-caller.ts'

/** A validator of the organisation. */
export interface Validator {
  readonly name: string
  /**
   * Asks one question. Never rejects: an error counts as a failure to answer, in words for the user.
   * @param id the id of this question and no other
   */
  ask(question: ValidatorQuestion, id: string, signal: AbortSignal): Promise<Answer>
}

/** The validators that the config names. */
export interface Validators {
  /** Returns the validators that must agree before something is created in a namespace. */
  of(about: Creation, namespace: string): readonly Validator[]
  named(name: string): Validator | undefined
  close(): Promise<void>
}

interface Options {
  /** `audit.source` of the config: it names this Sallyport. */
  readonly source: string
  readonly now: () => Instant
  /** Gets each question without a usable answer, for the log. */
  readonly onFailure: (failure: { readonly validator: string; readonly id: string; readonly err: unknown }) => void
  /** Gets each question that was asked. */
  readonly onAnswer: (answered: AnsweredQuestion) => void
}

/** A question to a validator, its outcome, and the time that it took. */
interface AnsweredQuestion {
  readonly validator: string
  readonly outcome: Answer['outcome']
  readonly ms: Milliseconds
}

const contentType = 'application/json; charset=utf-8'
const checkAnswer = schemaCheck(ValidationAnswer, 'answer')

export function createValidators(configs: readonly ValidatorConfig[], options: Options): Validators {
  const all = configs.map((config) => ({ config, ...createValidator(config, options) }))
  return {
    of: (about, namespace) => all.filter(({ config }) => isWanted(config, about, namespace)),
    named: (wanted) => all.find(({ name }) => name === wanted),
    async close() {
      await Promise.all(all.map((one) => one.close()))
    },
  }
}

function isWanted({ on, namespaces }: ValidatorConfig, about: Creation, namespace: string): boolean {
  return on.includes(about) && (!namespaces || namespaces.includes(namespace))
}

function createValidator(
  config: ValidatorConfig,
  { source, now, onFailure, onAnswer }: Options,
): Validator & { close(): Promise<void> } {
  const { name } = config
  const caller = createSignedCaller(config, now)

  async function call(id: string, question: ValidatorQuestion, signal: AbortSignal): Promise<Answer> {
    const asked: ValidationCall = { id, source, validator: name, ...question }
    try {
      const answer = answerIn(await caller.post({ id, contentType, body: JSON.stringify(asked) }, signal))
      if (answer.outcome === 'failed') onFailure({ validator: name, id, err: new Error(answer.why) })
      return answer
    } catch (err) {
      onFailure({ validator: name, id, err })
      return failed(isLate(err) ? 'it did not answer in time' : 'it could not be called')
    }
  }

  return {
    name,
    async ask(question, ofQuestion, signal) {
      const begun = performance.now()
      // Two validators may be one server, which accepts an id only once.
      const answer = await call(`${ofQuestion}.${name}`, question, signal)
      onAnswer({ validator: name, outcome: answer.outcome, ms: performance.now() - begun })
      return answer
    },
    close: () => caller.close(),
  }
}

function answerIn({ status, text }: SignedAnswer): Answer {
  if (status !== 200) return failed(`it answered with status ${status}`)
  if (text === undefined) return failed('its answer is too long')
  const answer = checkAnswer(parsed(text))
  // The content of a wrong answer is not for the user. Its author finds it in the validator's own log.
  if (!answer.ok) return failed('its answer has a form that Sallyport does not know')
  const { status: says, message } = answer.value
  return says === 'valid' ? { outcome: 'yes' } : { outcome: 'no', ...(message !== undefined && { message }) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** True for an abort or a timeout. These are DOMExceptions, and only the name tells which. */
function isLate(error: unknown): boolean {
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined
  return name === 'TimeoutError' || name === 'AbortError'
}

/** A failure that may be gone the next time. */
function failed(why: string): Answer {
  return { outcome: 'failed', why, passing: true }
}
