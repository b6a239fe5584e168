import { maxApprovals } from '../../api/kinds/access-request-status.ts'
import type { Challenge, PeerReview, TimeWindow } from '../../api/kinds/challenge.ts'
import { say } from '../text/sentence.ts'
import { challengeNames, kindOf, stagesOf } from './challenge-kind.ts'
import { nextOpening } from './time-window.ts'
import { isTimeZone } from './time-zone.ts'

/**
 * Returns the faults of a template's challenges that their schema cannot find, each with its field. Expressions are
 * compiled elsewhere (src/expression): this function must not wait for that.
 * @param validators The names of the validators in the config.
 * @param now The windows must open together at some time from then on.
 */
export function challengeProblems(
  challenges: readonly Challenge[],
  validators: readonly string[],
  now: number,
): readonly string[] {
  const problems = challenges.flatMap((challenge, index) =>
    problemsOf(challenge, `spec.challenges[${index}]`, validators),
  )
  if (problems.length > 0) return problems
  const places = stagesOf(challenges).reduce((sum, { count }) => sum + count, 0)
  if (places > maxApprovals)
    return [`spec.challenges asks for ${places} approvals, but a request can hold at most ${maxApprovals}`]
  const windows = challenges.flatMap(({ timeWindow }) => (timeWindow ? [timeWindow] : []))
  return nextOpening(windows, now) ? [] : ['spec.challenges: the time windows are never open together']
}

function problemsOf(challenge: Challenge, path: string, validators: readonly string[]): readonly string[] {
  const one = kindOf(challenge)
  switch (one.kind) {
    case 'peerReview':
      return reviewProblems(one.peerReview, `${path}.peerReview`)
    case 'timeWindow':
      return windowProblems(one.timeWindow, `${path}.timeWindow`)
    case 'webhook':
      return validators.includes(one.webhook.name)
        ? []
        : [say`${path}.webhook.name: the config has no validator ${one.webhook.name}; it has ${list(validators)}`]
    case 'expression':
      return []
    case 'unknown':
      return [`${path} must be exactly one of ${challengeNames.join(', ')}`]
  }
}

function reviewProblems({ count, reviewers, notReviewers = [] }: PeerReview, path: string): readonly string[] {
  const excluded = notReviewers.map(idOf)
  const left = new Set(reviewers.map(idOf).filter((id) => !excluded.includes(id)))
  // Nobody here knows how many members a group has.
  if (reviewers.some(({ kind }) => kind === 'Group') || left.size >= count) return []
  return [`${path}.count is ${count}, but there are only ${left.size} reviewers`]
}

function windowProblems({ timeZone }: TimeWindow, path: string): readonly string[] {
  if (isTimeZone(timeZone)) return []
  return [say`${path}.timeZone: ${timeZone} is not a time zone; write one such as Europe/Berlin or UTC`]
}

type ReviewerSubject = PeerReview['reviewers'][number]

function idOf({ kind, namespace = '', name }: ReviewerSubject): string {
  return `${kind} ${namespace}/${name}`
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}
