import type { Challenge, PeerReview } from '../../api/kinds/challenge.ts'

type ChallengeName = keyof Challenge

/**
 * A challenge with its kind. `unknown` stands for a kind of another version, or for an object that no API server has
 * checked. It is never met.
 */
export type OneChallenge = { readonly [K in ChallengeName]: OfKind<K> }[ChallengeName] | { readonly kind: 'unknown' }

type OfKind<K extends ChallengeName> = { readonly kind: K } & Readonly<Required<Pick<Challenge, K>>>

const readers: { readonly [K in ChallengeName]: (challenge: Challenge) => OfKind<K> | undefined } = {
  peerReview: ({ peerReview }) => peerReview && { kind: 'peerReview', peerReview },
  timeWindow: ({ timeWindow }) => timeWindow && { kind: 'timeWindow', timeWindow },
  expression: ({ expression }) => expression && { kind: 'expression', expression },
  webhook: ({ webhook }) => webhook && { kind: 'webhook', webhook },
}

/** The names of all kinds of challenge. */
export const challengeNames: readonly string[] = Object.keys(readers)

export function kindOf(challenge: Challenge): OneChallenge {
  const [name, ...more] = Object.keys(challenge)
  if (name === undefined || more.length > 0 || !isKnown(name)) return { kind: 'unknown' }
  return readers[name](challenge) ?? { kind: 'unknown' }
}

function isKnown(name: string): name is ChallengeName {
  return Object.hasOwn(readers, name)
}

/** The stages of review. Each stage needs other people. */
export function stagesOf(challenges: readonly Challenge[]): readonly PeerReview[] {
  return challenges.flatMap(({ peerReview }) => (peerReview ? [peerReview] : []))
}
