import type { Review } from '../src/api/admission-review.ts'
import type { Match } from '../src/api/match.ts'
import type { ReviewCall } from '../src/api/review-call.ts'
import type { Decision } from '../src/decision/decision.ts'

/** An admission webhook: what it listens to, and how it decides. */
export interface Webhook {
  readonly match: Match
  handle(review: Review, call: ReviewCall): Promise<Decision>
  /** The last word on every answer, also on those that the server gives for a webhook that failed. */
  conclude(decision: Decision): Decision
}
