import type { Milliseconds } from '../duration.ts'

/** The call that a review came in. */
export interface ReviewCall {
  /** The id of the decision in the log, in the record and in the API server's audit log. */
  readonly id: string
  /** The proofs, given by the caller, that it is the API server. */
  readonly caller: readonly Proof[]
  /** Fires when the answer is out. After that there must be no more effects. */
  readonly signal: AbortSignal
  /** The time that is left for an answer. */
  readonly left: Milliseconds
}

/** The proofs that a caller of the webhooks is the API server. */
export const proofs = ['address', 'certificate', 'token', 'path'] as const

export type Proof = (typeof proofs)[number]
