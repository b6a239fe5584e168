import type { UserInfo } from '../../api/review/admission-review.ts'
import type { PeerReview } from '../../api/kinds/challenge.ts'
import type { Subject } from '../../api/subject.ts'
import { groupNames, isServiceAccount, isSubject } from '../subject.ts'

/** Somebody as admission saw or stamped them. */
export type Person = Pick<UserInfo, 'username' | 'uid' | 'groups'>

/**
 * The same name, or the same uid: a service account re-created under its name, or a user who was renamed, does not count
 * as a second person.
 */
export function isSamePerson(one: Person, other: Person): boolean {
  return one.username === other.username || (one.uid !== undefined && one.uid !== '' && one.uid === other.uid)
}

/** Whether the stage's reviewers name this person, and its notReviewers do not. */
export function isReviewer(person: Person, stage: PeerReview): boolean {
  return stage.reviewers.some((subject) => names(subject, person)) && !isExcluded(person, stage)
}

export function isExcluded(person: Person, { notReviewers = [] }: PeerReview): boolean {
  return notReviewers.some((subject) => isSubject(person, subject))
}

/** The groups that decide who is a reviewer. */
export function groupsNamed(stages: readonly PeerReview[]): readonly string[] {
  return groupNames(stages.flatMap(({ reviewers, notReviewers = [] }) => [...reviewers, ...notReviewers]))
}

/** Every service account is in groups such as system:authenticated: one of those does not name it. */
function names(subject: Subject, person: Person): boolean {
  return isSubject(person, subject) && !(subject.kind === 'Group' && isServiceAccount(person))
}
