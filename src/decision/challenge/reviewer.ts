import type { UserInfo } from '../../api/review/admission-review.ts'
import type { PeerReview } from '../../api/kinds/challenge.ts'
import type { Subject } from '../../api/subject.ts'
import { groupNames, isServiceAccount, isSubject } from '../subject.ts'

/** A person as admission saw or stamped them. */
export type Person = Pick<UserInfo, 'username' | 'uid' | 'groups'>

/**
 * True if both have the same name or the same uid. A service account that was created again under its name does not
 * count as a second person. Neither does a user who was renamed.
 */
export function isSamePerson(one: Person, other: Person): boolean {
  return one.username === other.username || (one.uid !== undefined && one.uid !== '' && one.uid === other.uid)
}

/** True if the stage's reviewers name this person, and its notReviewers do not. */
export function isReviewer(person: Person, stage: PeerReview): boolean {
  return stage.reviewers.some((subject) => names(subject, person)) && !isExcluded(person, stage)
}

export function isExcluded(person: Person, { notReviewers = [] }: PeerReview): boolean {
  return notReviewers.some((subject) => isSubject(person, subject))
}

/** The groups that the stages name: they decide who is a reviewer. */
export function groupsNamed(stages: readonly PeerReview[]): readonly string[] {
  return groupNames(stages.flatMap(({ reviewers, notReviewers = [] }) => [...reviewers, ...notReviewers]))
}

/** True if the subject names the person. A group does not name a service account: each is in system:authenticated. */
function names(subject: Subject, person: Person): boolean {
  return isSubject(person, subject) && !(subject.kind === 'Group' && isServiceAccount(person))
}
