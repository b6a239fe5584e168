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

/** The request for the validators' answers, and their deadline. */
export interface Validating {
  readonly validators: Pick<Validators, 'of'>
  readonly about: Creation
  readonly review: Review
  /** The id of the decision. */
  readonly id: string
  readonly signal: AbortSignal
  /** The latest time for the answer, by performance.now(). */
  readonly until: Milliseconds
}

// The denial that names the validator must be out this long before the general one, which only says that Sallyport is
// late.
const marginMs = 200

/** Asks the validators if a decision would create something. The decision stands only if all of them agree. */
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
