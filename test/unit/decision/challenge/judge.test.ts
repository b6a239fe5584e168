import { describe, expect, test } from '@jest/globals'
import type { Challenge } from '../../../../src/api/kinds/challenge.ts'
import { challengeProblems } from '../../../../src/decision/challenge/check-challenges.ts'
import { judgeChallenges, type Answer } from '../../../../src/decision/challenge/judge.ts'

const sre = { kind: 'Group', name: 'sre' } as const
const review: Challenge = { peerReview: { count: 1, reviewers: [sre] } }
const hours = { timeZone: 'Europe/Berlin', from: '09:00', to: '18:00' }
const expression: Challenge = { expression: { cel: 'false', message: 'at most an hour' } }
const webhook: Challenge = { webhook: { name: 'tickets' } }

const monday = (time: string): number => Date.parse(`2026-11-23T${time}:00+01:00`)
const bob = { username: 'bob', groups: ['sre'] }
const approval = { name: 'look', uid: 'grant-1', at: '2026-11-23T08:00:00Z', by: bob }

interface Case {
  readonly approved?: boolean
  readonly begin?: string
  readonly answers?: readonly [number, Answer][]
}

const judge = (challenges: readonly Challenge[], { approved = false, begin = '12:00', answers = [] }: Case = {}) =>
  judgeChallenges(challenges, {
    requestor: { username: 'alice' },
    approvals: approved ? [approval] : [],
    begin: monday(begin),
    answers: new Map(answers),
  })

describe('met', () => {
  test.each<[string, readonly Challenge[], Case, object]>([
    ['no challenge at all', [], {}, { counted: [] }],
    ['a review', [review], { approved: true }, { counted: [approval] }],
    ['a window, for as long as it is open', [{ timeWindow: hours }], {}, { boundsExpiry: monday('18:00') }],
    [
      'two windows, until the first closes',
      [{ timeWindow: hours }, { timeWindow: { ...hours, to: '13:30' } }],
      {},
      { boundsExpiry: monday('13:30') },
    ],
    [
      'a window that may be outlasted, beside one that may not',
      [{ timeWindow: hours }, { timeWindow: { ...hours, to: '13:30', mayOutlast: true } }],
      {},
      { boundsExpiry: monday('18:00') },
    ],
    ['an expression', [expression], { answers: [[0, { outcome: 'yes' }]] }, { counted: [] }],
    [
      'one of each',
      [review, { timeWindow: hours }, expression, webhook],
      { approved: true, answers: [2, 3].map((index) => [index, { outcome: 'yes' }]) },
      { counted: [approval], boundsExpiry: monday('18:00') },
    ],
  ])('%s', (_title, challenges, given, expected) => {
    expect(judge(challenges, given)).toEqual({ verdict: 'met', counted: [], ...expected })
  })

  test.each<[string, readonly Challenge[]]>([
    ['may be outlasted', [{ timeWindow: { ...hours, mayOutlast: true } }]],
    ['never closes', [{ timeWindow: { ...hours, from: '00:00', to: '24:00' } }]],
  ])('a window that %s bounds nothing', (_title, challenges) => {
    expect(judge(challenges)).toEqual({ verdict: 'met', counted: [] })
  })
})

const waiting: Challenge = { timeWindow: { ...hours, wait: true } }

describe('waits', () => {
  test.each<[string, readonly Challenge[], Case, object]>([
    ['for a reviewer', [review], {}, { message: 'it needs approval by 1 more of group sre' }],
    ['for an answer', [expression], {}, { message: 'its conditions are being checked' }],
    [
      'for a validator that gave no answer, which is nobody’s fault who waits',
      [webhook, review],
      { approved: true, answers: [[0, { outcome: 'failed', why: 'it did not answer in time', passing: true }]] },
      {
        message:
          'the validator tickets gave no answer: it did not answer in time; it is asked again, and it is not your fault',
      },
    ],
    [
      'for a window, and says until when',
      [waiting],
      { begin: '20:00' },
      {
        message: 'the time window opens Tue 2026-11-24 09:00 in Europe/Berlin',
        until: Date.parse('2026-11-24T09:00+01:00'),
      },
    ],
    [
      'for a window and a reviewer, and so not for time alone',
      [waiting, review],
      { begin: '20:00' },
      {
        message:
          'it needs approval by 1 more of group sre; the time window opens Tue 2026-11-24 09:00 in Europe/Berlin',
      },
    ],
    [
      'for the closed one of two windows, whatever the open one says',
      [{ timeWindow: { ...hours, to: '22:00' } }, waiting],
      { begin: '20:00' },
      { until: Date.parse('2026-11-24T09:00+01:00') },
    ],
  ])('%s', (_title, challenges, given, expected) => {
    expect(judge(challenges, given)).toMatchObject({ verdict: 'waits', ...expected })
  })

  test('and names no moment where somebody must act first', () => {
    expect(judge([waiting, review], { begin: '20:00' })).not.toHaveProperty('until')
  })
})

type Refusal = readonly [code: string, text: string]

describe('refused, whatever else is met:', () => {
  test.each<[string, readonly Challenge[], Case, Refusal]>([
    [
      'a window that is closed',
      [{ timeWindow: hours }],
      { begin: '20:00' },
      [
        'E_CHALLENGE_WINDOW',
        'access cannot begin Mon 2026-11-23 20:00 in Europe/Berlin; the time window opens Tue 2026-11-24 09:00',
      ],
    ],
    [
      'one of two closed windows that does not wait',
      [waiting, { timeWindow: { ...hours, to: '19:00' } }],
      { begin: '20:00' },
      ['E_CHALLENGE_WINDOW', 'cannot begin'],
    ],
    [
      'windows that never meet',
      [{ timeWindow: { ...hours, days: ['Mon'] } }, { timeWindow: { ...hours, days: ['Tue'] } }],
      {},
      ['E_CHALLENGE_WINDOW', 'never open together'],
    ],
    [
      'a zone that is gone from the database',
      [{ timeWindow: { ...hours, timeZone: 'Mars/Base' } }],
      {},
      ['E_CHALLENGE_UNANSWERED', 'does not know time zone Mars/Base'],
    ],
    [
      'an expression, in the words of the template',
      [expression],
      { answers: [[0, { outcome: 'no' }]] },
      ['E_CHALLENGE', 'a condition of its template says no: at most an hour'],
    ],
    [
      'a validator, in its own words, which move no terminal',
      [webhook],
      { answers: [[0, { outcome: 'no', message: 'no ticket\u001b[2J' }]] },
      ['E_CHALLENGE', 'the validator tickets says no: no ticket\\u001b[2J'],
    ],
    [
      'a validator that the config does not name any more',
      [webhook],
      { answers: [[0, { outcome: 'failed', why: 'the config has no validator of that name' }]] },
      ['E_CHALLENGE_UNANSWERED', 'the validator tickets gave no answer: the config has no validator of that name'],
    ],
    [
      'an expression that failed',
      [review, expression],
      { approved: true, answers: [[1, { outcome: 'failed', why: 'it took longer than 50 ms' }]] },
      ['E_CHALLENGE_UNANSWERED', 'gave no answer: it took longer than 50 ms'],
    ],
    [
      'a challenge of a later version',
      [{ twoFactor: {} } as Challenge],
      {},
      ['E_CHALLENGE_UNANSWERED', 'does not know'],
    ],
    [
      'a challenge of a later version beside one that is known',
      [{ ...review, twoFactor: {} } as Challenge],
      { approved: true },
      ['E_CHALLENGE_UNANSWERED', 'does not know'],
    ],
    ['an empty challenge', [{}], {}, ['E_CHALLENGE_UNANSWERED', 'does not know']],
  ])('%s', (_title, challenges, given, [code, text]) => {
    const judged = judge(challenges, given)

    expect(judged).toMatchObject({ verdict: 'refused', code, message: expect.stringContaining(text) })
  })
})

describe('in a template it is wrong that', () => {
  const now = monday('12:00')
  test.each<[string, readonly Challenge[], string]>([
    [
      'there is no such time zone',
      [review, { timeWindow: { ...hours, timeZone: 'Europe/Berlim' } }],
      'spec.challenges[1].timeWindow.timeZone: Europe/Berlim is not a time zone; write one such as Europe/Berlin or UTC',
    ],
    [
      'the config has no such validator',
      [webhook],
      'spec.challenges[0].webhook.name: the config has no validator tickets; it has cmdb, paging',
    ],
    [
      'there are too few reviewers',
      [{ peerReview: { count: 2, reviewers: [{ kind: 'User', name: 'bob' }] } }],
      'spec.challenges[0].peerReview.count is 2, but there are only 1 reviewers',
    ],
    [
      'too few reviewers are left',
      [
        {
          peerReview: {
            count: 1,
            reviewers: [{ kind: 'User', name: 'bob' }],
            notReviewers: [{ kind: 'User', name: 'bob' }],
          },
        },
      ],
      'spec.challenges[0].peerReview.count is 1, but there are only 0 reviewers',
    ],
    [
      'the windows never meet',
      [{ timeWindow: { ...hours, days: ['Mon'] } }, { timeWindow: { ...hours, days: ['Tue'] } }],
      'spec.challenges: the time windows are never open together',
    ],
    ['a challenge is unknown', [{}], 'spec.challenges[0] must be exactly one of peerReview, timeWindow,'],
  ])('%s', (_title, challenges, problem) => {
    expect(challengeProblems(challenges, ['cmdb', 'paging'], now)).toEqual([expect.stringContaining(problem)])
  })

  test('nothing, otherwise', () => {
    expect(challengeProblems([review, { timeWindow: hours }, expression, webhook], ['tickets'], now)).toEqual([])
  })
})
