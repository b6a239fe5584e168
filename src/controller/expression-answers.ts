import type { Instant } from '../api/duration.ts'
import { awaitsAnswers } from '../decision/challenge/awaits-answers.ts'
import type { Answer } from '../decision/challenge/judge.ts'
import { expressionFacts } from '../decision/challenge/expression-facts.ts'
import { askedDuration } from '../decision/template.ts'
import type { Evaluator } from '../expression/evaluator.ts'
import type { Facts } from '../provision/request-plan.ts'

type Known = Pick<Facts, 'request' | 'template' | 'pod'>

/**
 * What the expressions of its template say of a request that waits, by their places among the challenges.
 * @throws where it is our fault that one was not evaluated: then it is tried again, and decides nothing
 */
export async function readAnswers(
  evaluator: Pick<Evaluator, 'evaluate'>,
  known: Known,
  now: Instant,
): Promise<ReadonlyMap<number, Answer>> {
  const answers = new Map<number, Answer>()
  const { request, template, pod } = known
  if (!awaitsAnswers(request, template)) return answers
  const { challenges = [] } = template.spec
  const duration = askedDuration(request.spec, template)
  const facts = expressionFacts({ request, duration, template, target: request.status?.target, pod, now })
  for (const [index, { expression }] of challenges.entries()) {
    if (!expression) continue
    // One after the other: they wait for one process anyway, and its queue is for all requests.
    const answer = await evaluator.evaluate(expression.cel, facts)
    if (answer.outcome === 'failed' && answer.passing) throw new Error(`an expression was not evaluated: ${answer.why}`)
    answers.set(index, answer)
  }
  return answers
}
