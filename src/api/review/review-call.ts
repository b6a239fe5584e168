import type { Milliseconds } from '../duration.ts'

/** The call that a review came in. */
export interface ReviewCall {
  /** Of the decision, in log, record and the API server's audit log. */
  readonly id: string
  /** How the caller has shown that it is the API server. */
  readonly caller: readonly Proof[]
  /** Fires when the answer is out; after that there must be no more effects. */
  readonly signal: AbortSignal
  /** Time in which there must be an answer. */
  readonly left: Milliseconds
}

/** A caller of the webhooks shows by these proofs that it is the API server. */
export const proofs = ['address', 'certificate', 'token', 'path'] as const

export type Proof = (typeof proofs)[number]
