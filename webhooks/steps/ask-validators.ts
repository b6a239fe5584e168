import type { Review } from '../../src/api/review/admission-review.ts'
import type { Milliseconds } from '../../src/api/duration.ts'
import type { Creation } from '../../src/api/config/validator-config.ts'
import type { Allow, Decision } from '../../src/decision/decision.ts'
import {
  isCreation,
  notAskable,
  objectionOfValidators,
  type AsQuestion,
} from '../../src/decision/admission/validator-questions.ts'
import type { Validators } from '../../src/validation/validators.ts'

/** Who asks for the validators' word, and until when there must be an answer. */
export interface Validating {
  readonly validators: Pick<Validators, 'of'>
  readonly about: Creation
  readonly review: Review
  /** Of the decision. */
  readonly id: string
  readonly signal: AbortSignal
  /** By performance.now(). */
  readonly until: Milliseconds
}

// What a denial that names the validator needs to be out before the one that only says that it is late.
const marginMs = 200

/** A decision by which something would be created stands only where all validators that are to be asked agree. */
export async function validated(
  decision: Decision,
  { validators, about, review, id, signal, until }: Validating,
  questionOf: (decision: Allow) => AsQuestion,
): Promise<Decision> {
  const asked = validators.of(about, review.namespace ?? '')
  if (decision.verdict === 'deny' || asked.length === 0 || !isCreation(review, about)) return decision
  const as = questionOf(decision)
  if ('problem' in as) return notAskable(about, as.problem)
  const leftMs = Math.max(Math.floor(until - performance.now() - marginMs), 0)
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(leftMs)])
  const answers = await Promise.all(
    asked.map(async (one) => ({ name: one.name, answer: await one.ask(as.question, id, inTime) })),
  )
  return objectionOfValidators(answers) ?? decision
}
