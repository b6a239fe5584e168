import type { Challenge } from '../../api/kinds/challenge.ts'
import { denied, type Deny } from '../decision.ts'
import { say } from '../text/sentence.ts'
import { isServiceAccount } from '../subject.ts'
import { stagesOf } from '../challenge/challenge-kind.ts'
import { countReviews, wouldCount, type Approval } from '../challenge/peer-review.ts'
import { isReviewer, isSamePerson, type Person } from '../challenge/reviewer.ts'

/** The request that a verdict is about, with the facts that its review needs. */
export interface UnderReview {
  readonly name: string
  readonly requestor: Person
  readonly challenges: readonly Challenge[]
  /** The approvals that stand. */
  readonly approvals: readonly Approval[]
}

/**
 * Says why this person's verdict would not count. Undefined if it would. A reviewer of any stage may deny. To approve,
 * a reviewer needs an open place. A request without peerReview has no reviewers, so it is not judged here.
 */
export function objectionToReviewer(
  person: Person,
  verdict: 'Approved' | 'Denied',
  { name, requestor, challenges, approvals }: UnderReview,
): Deny | undefined {
  const stages = stagesOf(challenges)
  if (stages.length === 0) return undefined
  if (isSamePerson(person, requestor)) {
    return denied('E_GRANT_SELF', say`${person.username} made request ${name} and may not decide it`)
  }
  if (!stages.some((stage) => isReviewer(person, stage))) return notNamed(person, name)
  if (verdict === 'Denied' || wouldCount(person, stages, approvals, requestor)) return undefined
  const { needed } = countReviews(stages, approvals, requestor)
  const what =
    needed === undefined
      ? say`Request ${name} has all the approvals that it needs`
      : say`An approval by ${person.username} does not count for request ${name}, which needs approval by ` + needed
  return denied('E_GRANT_REVIEWER', what)
}

function notNamed(person: Person, name: string): Deny {
  return isServiceAccount(person)
    ? denied(
        'E_GRANT_SERVICE_ACCOUNT',
        say`${person.username} is a service account, and no peerReview of request ${name} names it`,
      )
    : denied('E_GRANT_REVIEWER', say`${person.username} is not a reviewer of request ${name}`)
}
