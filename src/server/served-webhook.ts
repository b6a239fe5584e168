import type { Proof } from '../api/caller.ts'
import type { Milliseconds } from '../api/duration.ts'
import type { Match } from '../api/match.ts'
import type { ReviewCall } from '../api/review-call.ts'
import type { Review } from '../api/admission-review.ts'
import type { Decision } from '../decision/decision.ts'

/** What the server needs of a webhook; `webhooks/` has them. */
export interface ServedWebhook {
  readonly match: Pick<Match, 'name' | 'path' | 'rules' | 'type'>
  /** May throw and may hang: the server answers for it. */
  handle(review: Review, call: ReviewCall): Promise<Decision>
  /** The last word on every answer, also on those that the server gives for a webhook that failed. */
  conclude(decision: Decision): Decision
}

/** An answer that was reached, told once for each review. */
export interface Answered {
  /** One id for log, record and the API server's audit log. */
  readonly id: string
  readonly caller: readonly Proof[]
  readonly webhook: string
  readonly uid: string
  /** Undefined where the body had a uid but was no review. */
  readonly review: Review | undefined
  readonly decision: Decision
  readonly durationMs: Milliseconds
  /** What was thrown, for the log alone. */
  readonly cause?: unknown
}
