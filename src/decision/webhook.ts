import type { Review } from '../api/review/admission-review.ts'
import type { Proof, ReviewCall } from '../api/review/review-call.ts'
import type { Match } from '../api/review/match.ts'
import type { Milliseconds } from '../api/duration.ts'
import type { Decision } from './decision.ts'

/**
 * An admission webhook, with what it listens to and how it decides. They are in `webhooks/`, and the server serves
 * them.
 */
export interface Webhook {
  readonly match: Match
  /** Decides on one review. It may throw, and it may hang: then the server answers for it. */
  handle(review: Review, call: ReviewCall): Promise<Decision>
  /** Has the last word on every answer, also on the answers that the server gives for a webhook that failed. */
  conclude(decision: Decision): Decision
}

/** A webhook as it is served, under whatever config is in force. */
export interface ServedWebhook {
  readonly match: Match
  /** Returns the webhook for one review. It decides by the config that is in force now, also if that changes meanwhile. */
  now(): Webhook
}

/** A decision that was reached about one review. */
export interface Decided {
  /** One id for log, record and the API server's audit log. */
  readonly id: string
  readonly caller: readonly Proof[]
  readonly webhook: string
  readonly uid: string
  /** Undefined if the body had a uid but was not a review. */
  readonly review: Review | undefined
  readonly decision: Decision
  readonly durationMs: Milliseconds
}

/** The answer that the API server was given, told once for each review. */
export interface Answered extends Decided {
  /** The error that was thrown. It is only for the log. */
  readonly cause?: unknown
}
