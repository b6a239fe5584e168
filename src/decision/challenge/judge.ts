import type { Instant } from '../../api/duration.ts'
import type { Challenge, PeerReview, TimeWindow } from '../../api/kinds/challenge.ts'
import type { DenyCode } from '../text/codes.ts'
import { say, toldByOthers } from '../text/sentence.ts'
import { kindOf, type OneChallenge } from './challenge-kind.ts'
import { countReviews, type Approval } from './peer-review.ts'
import type { Person } from './reviewer.ts'
import { isTimeZone } from './time-zone.ts'
import { inZone, inZoneBriefly, nextOpening } from './time-window.ts'

/** The answer of an expression, or of an organisation's validator. */
export type Answer =
  | { readonly outcome: 'yes' }
  | { readonly outcome: 'no'; readonly message?: string }
  /** It gave no answer, which denies. `why` is a clause. `passing`: the failure was ours, and may not come again. */
  | { readonly outcome: 'failed'; readonly why: string; readonly passing?: true }

export interface ChallengeFacts {
  readonly requestor: Person
  readonly approvals: readonly Approval[]
  /** The time at which access would begin: now, or the request's startAt. */
  readonly begin: Instant
  /** The answers by the challenge's index in the template. A challenge without an answer is still to be asked. */
  readonly answers: ReadonlyMap<number, Answer>
}

export type ChallengesJudged =
  /** `boundsExpiry`: access must have ended by this time. `counted`: the approvals that the verdict rests on. */
  | { readonly verdict: 'met'; readonly counted: readonly Approval[]; readonly boundsExpiry?: Instant }
  /** `until`: only time is missing. At this time everything is to be judged again. */
  | { readonly verdict: 'waits'; readonly message: string; readonly awaits: Awaits; readonly until?: Instant }
  | { readonly verdict: 'refused'; readonly code: DenyCode; readonly message: string }

/** The people and things that are still missing, each in a few words: `2 of sre`, `ticket-check`, `opens Mon 09:00`. */
export type Awaits = readonly string[]

/** Judges whether all challenges of a template are met. A refusal is final. A request that waits may be met later. */
export function judgeChallenges(challenges: readonly Challenge[], facts: ChallengeFacts): ChallengesJudged {
  const all = challenges.map(kindOf)
  const refused = all.map((one, index) => refusal(one, facts.answers.get(index))).find(Boolean)
  if (refused) return refused
  const window = judgeWindows(
    all.flatMap((one) => (one.kind === 'timeWindow' ? [one.timeWindow] : [])),
    facts.begin,
  )
  if (window.verdict === 'refused') return window
  const { counted, needed, awaits } = countReviews(stages(all), facts.approvals, facts.requestor)
  const unanswered = [...unasked(all, facts.answers), ...silent(all, facts.answers)]
  const missing = [
    ...(needed === undefined ? [] : [`it needs approval by ${needed}`]),
    ...unanswered.map(({ message }) => message),
  ]
  if (missing.length > 0) {
    const closed = window.verdict === 'waits' ? window : { message: '', awaits: [] }
    return {
      verdict: 'waits',
      message: [...missing, closed.message].filter(Boolean).join('; '),
      awaits: [...awaits, ...unanswered.map(({ briefly }) => briefly), ...closed.awaits],
    }
  }
  return window.verdict === 'waits' ? window : { ...window, counted }
}

function stages(all: readonly OneChallenge[]): readonly PeerReview[] {
  return all.flatMap((one) => (one.kind === 'peerReview' ? [one.peerReview] : []))
}

interface Unanswered {
  readonly message: string
  readonly briefly: string
}

/** The conditions that nobody has been asked about yet. */
function unasked(all: readonly OneChallenge[], answers: ChallengeFacts['answers']): readonly Unanswered[] {
  const names = all.flatMap((one, index) => {
    if (answers.has(index)) return []
    if (one.kind === 'webhook') return [say`${one.webhook.name}`]
    return one.kind === 'expression' ? ['conditions'] : []
  })
  return names.length === 0
    ? []
    : [{ message: 'its conditions are being checked', briefly: [...new Set(names)].join(', ') }]
}

/** The validators that gave no answer, and are asked again. */
function silent(all: readonly OneChallenge[], answers: ChallengeFacts['answers']): readonly Unanswered[] {
  return all.flatMap((one, index) => {
    const answer = answers.get(index)
    if (one.kind !== 'webhook' || answer?.outcome !== 'failed' || !answer.passing) return []
    const what = say`the validator ${one.webhook.name} gave no answer: ${answer.why}`
    return [{ message: `${what}; it is asked again, and it is not your fault`, briefly: say`${one.webhook.name}` }]
  })
}

type ChallengeRefused = Extract<ChallengesJudged, { verdict: 'refused' }>

/** The refusal that neither time nor a reviewer can mend. */
function refusal(one: OneChallenge, answer: Answer | undefined): ChallengeRefused | undefined {
  switch (one.kind) {
    case 'expression':
      return answer && refusedBy(answer, 'a condition of its template', one.expression.message)
    case 'webhook':
      return answer && refusedByValidator(answer, one.webhook.name)
    case 'timeWindow':
      return isTimeZone(one.timeWindow.timeZone)
        ? undefined
        : refused('E_CHALLENGE_UNANSWERED', say`Sallyport does not know time zone ${one.timeWindow.timeZone}`)
    case 'unknown':
      return refused(
        'E_CHALLENGE_UNANSWERED',
        'its template has a challenge that this version of Sallyport does not know',
      )
    case 'peerReview':
      return undefined
  }
}

function refusedByValidator(answer: Answer, name: string): ChallengeRefused | undefined {
  // The request waits until the validator answers again.
  if (answer.outcome === 'failed' && answer.passing) return undefined
  return refusedBy(answer, say`the validator ${name}`)
}

function refusedBy(answer: Answer, whose: string, message?: string): ChallengeRefused | undefined {
  switch (answer.outcome) {
    case 'yes':
      return undefined
    case 'no':
      return refused(
        'E_CHALLENGE',
        `${whose} says no: ` + toldByOthers(answer.message ?? message ?? 'it gives no reason'),
      )
    case 'failed':
      return refused('E_CHALLENGE_UNANSWERED', say`${whose} gave no answer: ${answer.why}`)
  }
}

function refused(code: DenyCode, message: string): ChallengeRefused {
  return { verdict: 'refused', code, message }
}

type WindowsJudged =
  | { readonly verdict: 'met'; readonly boundsExpiry?: Instant }
  | Extract<ChallengesJudged, { verdict: 'waits' | 'refused' }>

function judgeWindows(windows: readonly TimeWindow[], begin: Instant): WindowsJudged {
  const [window] = windows
  if (!window) return { verdict: 'met' }
  const opening = nextOpening(windows, begin)
  if (!opening) return refused('E_CHALLENGE_WINDOW', 'the time windows of its template are never open together')
  if (opening.start <= begin) {
    const bound = nextOpening(
      windows.filter(({ mayOutlast }) => mayOutlast !== true),
      begin,
    )
    return { verdict: 'met', ...(bound && bound.end < Infinity && { boundsExpiry: bound.end }) }
  }
  const opens = `the time window opens ${inZone(window, opening.start)}`
  // A window that is open now does not say whether to wait for the others.
  const waits = windows.every((one) => one.wait === true || (nextOpening([one], begin)?.start ?? Infinity) <= begin)
  const awaits = [`opens ${inZoneBriefly(window, opening.start, begin)}`]
  if (waits) return { verdict: 'waits', message: opens, awaits, until: opening.start }
  return refused('E_CHALLENGE_WINDOW', `access cannot begin ${inZone(window, begin)}; ${opens}`)
}
