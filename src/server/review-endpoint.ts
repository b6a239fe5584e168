import { randomUUID } from 'node:crypto'
import { AdmissionReview, type Review } from '../api/review/admission-review.ts'
import type { Proof, ReviewCall } from '../api/review/review-call.ts'
import type { Milliseconds } from '../api/duration.ts'
import { schemaCheck } from '../api/schema/schema-check.ts'
import { denied, type Decision } from '../decision/decision.ts'
import { isMatched } from '../decision/match-review.ts'
import { say } from '../decision/text/sentence.ts'
import { withDeadline } from './deadline.ts'
import { reviewAnswer } from './review-answer.ts'
import type { Answered, Webhook } from '../decision/webhook.ts'
import { statusBody } from './status-body.ts'

export interface HttpAnswer {
  readonly status: 200 | 400
  readonly body: object
}

/** A review as it came in. */
export interface PostedReview {
  readonly body: unknown
  /** The proofs that the caller gave of being the API server. */
  readonly caller: readonly Proof[]
  /** The answer must be out within this time. */
  readonly left: Milliseconds
}

interface HandlerOutcome {
  readonly decision: Decision
  readonly cause?: unknown
}

const checkReview = schemaCheck(AdmissionReview, 'review')

/**
 * Answers one review. A body without a readable uid gets a v1 Status; every other body gets an AdmissionReview with
 * this uid. If the webhook throws, or never returns, the answer is a denial.
 */
export async function answerReview(
  webhook: Webhook,
  { body, caller, left }: PostedReview,
  onAnswer: (answered: Answered) => void,
): Promise<HttpAnswer> {
  const startedAt = performance.now()
  const parsed = parseJson(body)
  const uid = uidOf(parsed)
  if (uid === undefined) return { status: 400, body: statusBody(400, unreadable(parsed)) }

  const id = randomUUID()
  const result = checkReview(parsed)
  const review = result.ok ? result.value.request : undefined
  const outcome: HandlerOutcome = result.ok
    ? await decide(webhook, result.value.request, { id, caller, left })
    : { decision: denied('E_REVIEW_INVALID', `The review cannot be judged: ${result.problems.join('; ')}`) }
  const decision = webhook.conclude(outcome.decision)
  const durationMs = Math.round((performance.now() - startedAt) * 10) / 10
  try {
    onAnswer({ id, caller, webhook: webhook.match.name, uid, review, ...outcome, decision, durationMs })
    return { status: 200, body: reviewAnswer(uid, id, decision) }
  } catch {
    // An access that cannot be told must be denied, if this webhook may deny.
    return { status: 200, body: reviewAnswer(uid, id, webhook.conclude(failed(id))) }
  }
}

function decide(webhook: Webhook, review: Review, call: Omit<ReviewCall, 'signal'>): Promise<HandlerOutcome> {
  const { id, left } = call
  return withDeadline<HandlerOutcome>(
    left,
    async (signal) => {
      try {
        if (!isMatched(review, webhook.match.rules)) return { decision: notOurs(webhook, review) }
        return { decision: await webhook.handle(review, { ...call, signal }) }
      } catch (cause) {
        return { decision: failed(id), cause }
      }
    },
    () => ({
      decision: denied('E_DEADLINE', `Sallyport reached no decision in time, so nothing was let in; id ${id}`),
    }),
  )
}

function notOurs({ match }: Webhook, { operation, resource, subResource }: Review): Decision {
  const what = say`${operation} of ${resource.resource}${subResource ? `/${subResource}` : ''}`
  return denied('E_REVIEW_INVALID', `The review cannot be judged: ${match.name} does not listen to ${what}`)
}

function failed(id: string): Decision {
  return denied('E_INTERNAL', `Sallyport failed while deciding, so nothing was let in; id ${id}`)
}

function parseJson(body: unknown): unknown {
  if (typeof body !== 'string') return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

// A uid is a UUID. A longer text would be echoed as it is, so it has a limit.
const maxUidLength = 256

function uidOf(parsed: unknown): string | undefined {
  if (typeof parsed !== 'object' || parsed === null || !('request' in parsed)) return undefined
  const { request } = parsed
  if (typeof request !== 'object' || request === null || !('uid' in request)) return undefined
  const { uid } = request
  return typeof uid === 'string' && uid.length > 0 && uid.length <= maxUidLength ? uid : undefined
}

function unreadable(parsed: unknown): string {
  const what = parsed === undefined ? 'The body is not JSON' : 'The body has no readable request.uid'
  return `${what}; Sallyport answers admission.k8s.io/v1 AdmissionReviews and let nothing in.`
}
