import type { Challenge } from '../../api/kinds/challenge.ts'
import { denied, type Deny } from '../decision.ts'
import { say } from '../text/sentence.ts'
import { isServiceAccount } from '../subject.ts'
import { stagesOf } from '../challenge/challenge-kind.ts'
import { countReviews, wouldCount, type Approval } from '../challenge/peer-review.ts'
import { isReviewer, isSamePerson, type Person } from '../challenge/reviewer.ts'

/** The request that a verdict is given on, as far as its reviewers are concerned. */
export interface UnderReview {
  readonly name: string
  readonly requestor: Person
  readonly challenges: readonly Challenge[]
  /** The approvals that stand. */
  readonly approvals: readonly Approval[]
}

/**
 * Why this person's verdict would not count; undefined where it would. Whoever is a reviewer of any stage may deny; to
 * approve, there must be an open place for them. A request without peerReview is not asked about: it has no reviewers.
 */
export function objectionToReviewer(
  person: Person,
  verdict: 'Approved' | 'Denied',
  { name, requestor, challenges, approvals }: UnderReview,
): Deny | undefined {
  const stages = stagesOf(challenges)
  if (stages.length === 0) return undefined
  if (isSamePerson(person, requestor)) {
    return denied('E_GRANT_SELF', say`${person.username} made request ${name} and cannot decide it`)
  }
  if (!stages.some((stage) => isReviewer(person, stage))) return notNamed(person, name)
  if (verdict === 'Denied' || wouldCount(person, stages, approvals, requestor)) return undefined
  const { needed } = countReviews(stages, approvals, requestor)
  const what =
    needed === undefined
      ? say`Request ${name} has all the approvals that it needs`
      : say`An approval by ${person.username} fills no open place of request ${name}, which needs ` + needed
  return denied('E_GRANT_REVIEWER', what)
}

function notNamed(person: Person, name: string): Deny {
  return isServiceAccount(person)
    ? denied(
        'E_GRANT_SERVICE_ACCOUNT',
        say`${person.username} is a service account that no peerReview of request ${name} names`,
      )
    : denied('E_GRANT_REVIEWER', say`${person.username} is no reviewer of request ${name}`)
}
