import type { Reader } from '../read/reader.ts'
import { plainSubject } from './kudo-subjects.ts'

// It closes the template until a person has looked at it. kudo itself let everybody in.
const closed = {
  expression: { cel: 'false', message: 'a challenge of the kudo policy was not converted: replace this expression' },
}

/** Reads the challenges of a policy. None is lost: what has no equal keeps everybody out. */
export function kudoChallenges(spec: Reader): { readonly challenges?: readonly object[] } {
  const challenges = spec.objects('challenges').map(challengeOf)
  return challenges.length > 0 ? { challenges } : {}
}

function challengeOf(challenge: Reader): object {
  const kind = challenge.need('kind')
  const reviewers = challenge.objects('reviewers').flatMap((reviewer) => plainSubject(reviewer, 'reviewed'))
  if (reviewers.length === 0) {
    challenge.tell('kind', {
      effect: 'NoEqual',
      why: 'kudo asked for nothing here, and the challenge names no reviewers; the template is closed by the expression false',
      remedy: 'Write the challenge that you want in its place (docs/templates.md)',
    })
    return closed
  }
  const review = { peerReview: { count: 1, reviewers } }
  if (kind === 'PeerReview') {
    challenge.tell('kind', {
      effect: 'Differs',
      why: 'kudo read it and asked nobody; in Sallyport one of the reviewers must approve each request',
    })
    return review
  }
  challenge.tell('kind', {
    effect: 'Differs',
    why: 'kudo read it and asked nobody; Sallyport has no such challenge, so one of the reviewers must approve each request',
    remedy:
      'Demand a second factor where people log in, or name a validator of yours in a challenge webhook (docs/validators.md)',
  })
  return review
}
