/** The proofs by which a caller of the webhooks can show that it is the API server. */
export const proofs = ['address', 'certificate', 'token', 'path'] as const

export type Proof = (typeof proofs)[number]
