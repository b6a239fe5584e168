import type { Challenge, PeerReview } from '../../api/kinds/challenge.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import type { GrantRef } from '../../api/kinds/references.ts'
import { say } from '../text/sentence.ts'
import { subjectsBriefly, subjectsText } from '../subject.ts'
import { isExcluded, isReviewer, isSamePerson, type Person } from './reviewer.ts'
import { stagesOf } from './challenge-kind.ts'
import { seat } from './seating.ts'

/** A grant that approves this request, and is not withdrawn. */
export interface Approval extends GrantRef {
  readonly by: Identity
  /** The grant's creationTimestamp. */
  readonly at: string
}

export interface Reviewed {
  /** The approvals that fill a place. If two could fill it, the earlier one counts. */
  readonly counted: readonly Approval[]
  /** The people who must still approve, in words. Undefined if nobody must. */
  readonly needed?: string
  /** The same in a few words, an item for each stage: `2 of sre`. Empty if nobody is needed. */
  readonly awaits: readonly string[]
}

/**
 * Counts approvals into the stages. A person fills at most one place, however often they approve. If several stages
 * name a person, they are put where the most places get filled. The order of the approvals does not matter for that.
 */
export function countReviews(
  stages: readonly PeerReview[],
  approvals: readonly Approval[],
  requestor: Person,
): Reviewed {
  const seats = seatApprovals(stages, approvals, requestor)
  const open = stages.flatMap((stage, index) => {
    const missing = stage.count - (seats[index]?.length ?? 0)
    return missing > 0 ? [{ stage, missing }] : []
  })
  const counted = stages.flatMap((stage, index) =>
    (seats[index] ?? []).flatMap((reviewer) => counting(reviewer, stage)),
  )
  const awaits = open.map(({ stage, missing }) => `${missing} of ${stageName(stage)}`)
  if (open.length === 0) return { counted, awaits }
  return { counted, awaits, needed: open.map(({ stage, missing }) => stillNeeded(stage, missing)).join(', and by ') }
}

/** True if one more approval, by this person, would fill an open place. */
export function wouldCount(
  person: Person,
  stages: readonly PeerReview[],
  approvals: readonly Approval[],
  requestor: Person,
): boolean {
  const more = [...approvals, { name: '', uid: '', at: '~', by: person }]
  return filled(stages, more, requestor) > filled(stages, approvals, requestor)
}

function filled(stages: readonly PeerReview[], approvals: readonly Approval[], requestor: Person): number {
  return seatApprovals(stages, approvals, requestor).flat().length
}

/** All approvals by one person, the earliest first. */
type Reviewer = readonly Approval[]

function seatApprovals(
  stages: readonly PeerReview[],
  approvals: readonly Approval[],
  requestor: Person,
): readonly (readonly Reviewer[])[] {
  const inOrder = approvals.toSorted((a, b) => compare(a.at, b.at) || compare(a.name, b.name))
  const reviewers = inOrder
    .reduce<readonly Reviewer[]>(withApproval, [])
    .filter((reviewer) => !reviewer.some(({ by }) => isSamePerson(by, requestor)))
  const inSeatOrder = stages.toSorted((one, other) => Number(namesGroup(one)) - Number(namesGroup(other)))
  const places = inSeatOrder.map((stage) => ({
    count: stage.count,
    // A stage that excludes one of a person's names excludes the person.
    takes: (reviewer: Reviewer) =>
      counting(reviewer, stage).length > 0 && !reviewer.some(({ by }) => isExcluded(by, stage)),
  }))
  const seated = new Map(seat(reviewers, places).map((people, index) => [inSeatOrder[index], people]))
  return stages.map((stage) => seated.get(stage) ?? [])
}

/**
 * True if the stage takes anybody of a group. A person who is named in another stage sits there first, so that the
 * stage that is still open is one that others can fill.
 */
function namesGroup({ reviewers }: PeerReview): boolean {
  return reviewers.some(({ kind }) => kind === 'Group')
}

/** The approval that fills a place in this stage, among all approvals of one person. */
function counting(reviewer: Reviewer, stage: PeerReview): readonly Approval[] {
  return reviewer.filter(({ by }) => isReviewer(by, stage)).slice(0, 1)
}

/**
 * Adds an approval to the approvals of its person. It may show that two reviewers are the same person: it has the name
 * of the first and the uid of the other.
 */
function withApproval(reviewers: readonly Reviewer[], approval: Approval): readonly Reviewer[] {
  const same = reviewers.filter((reviewer) => reviewer.some(({ by }) => isSamePerson(by, approval.by)))
  const one = [...same.flat(), approval]
  if (same.length === 0) return [...reviewers, one]
  return reviewers.flatMap((reviewer) => (reviewer === same[0] ? [one] : same.includes(reviewer) ? [] : [reviewer]))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function stillNeeded(stage: PeerReview, missing: number): string {
  return `${missing} more of ${reviewersText(stage)}`
}

/** The people who may fill a place of a stage, in words: `group sre, but not user carol (security)`. */
export function reviewersText({ name, reviewers, notReviewers = [] }: PeerReview): string {
  const stage = name === undefined ? '' : say` (${name})`
  const not = notReviewers.length === 0 ? '' : `, but not ${subjectsText(notReviewers)}`
  return subjectsText(reviewers) + not + stage
}

/** The name of a stage, else those of its reviewers. */
function stageName({ name, reviewers }: PeerReview): string {
  return name === undefined ? subjectsBriefly(reviewers) : say`${name}`
}

/** The people who must approve, in a few words: `2 sre + 1 security`. */
export function stagesBriefly(stages: readonly PeerReview[]): readonly string[] {
  return stages.map((stage) => `${stage.count} ${stageName(stage)}`)
}

/**
 * True if people must still approve.
 * @param awaits the `status.awaits` of a request under a template with these challenges
 */
export function isReviewAwaited(challenges: readonly Challenge[], awaits = ''): boolean {
  return stagesOf(challenges).some((stage) => awaits.includes(` of ${stageName(stage)}`))
}
