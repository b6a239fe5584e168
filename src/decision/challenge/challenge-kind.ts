import type { Challenge, Expression, PeerReview, TimeWindow } from '../../api/kinds/challenge.ts'

/** A challenge as the one thing that it is. */
export type OneChallenge =
  | { readonly kind: 'peerReview'; readonly peerReview: PeerReview }
  | { readonly kind: 'timeWindow'; readonly timeWindow: TimeWindow }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'webhook'; readonly webhook: { readonly name: string } }
  /** What another version knows, or an object that no API server has checked: never met. */
  | { readonly kind: 'unknown' }

export function kindOf(challenge: Challenge): OneChallenge {
  const { peerReview, timeWindow, expression, webhook } = challenge
  if (Object.keys(challenge).length !== 1) return { kind: 'unknown' }
  if (peerReview) return { kind: 'peerReview', peerReview }
  if (timeWindow) return { kind: 'timeWindow', timeWindow }
  if (expression) return { kind: 'expression', expression }
  if (webhook) return { kind: 'webhook', webhook }
  return { kind: 'unknown' }
}

/** The stages of review, each of which needs people of its own. */
export function stagesOf(challenges: readonly Challenge[]): readonly PeerReview[] {
  return challenges.flatMap(({ peerReview }) => (peerReview ? [peerReview] : []))
}
