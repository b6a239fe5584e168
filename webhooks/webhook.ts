import type { Review } from '../src/api/admission-review.ts'
import type { Milliseconds } from '../src/api/duration.ts'
import type { Match } from '../src/api/match.ts'
import type { Decision } from '../src/decision/decision.ts'

/** An admission webhook: what it listens to, and how it decides. */
export interface Webhook {
  readonly match: Match
  /**
   * @param id of this decision, in log, record and the API server's audit log
   * @param signal fires when the answer is out; after that there must be no more effects
   * @param left time in which there must be an answer
   */
  handle(review: Review, id: string, signal: AbortSignal, left: Milliseconds): Promise<Decision>
  /** The last word on every answer, also on those that the server gives for a webhook that failed. */
  conclude(decision: Decision): Decision
}
