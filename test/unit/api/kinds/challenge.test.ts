import { describe, expect, test } from '@jest/globals'
import { Challenges } from '../../../../src/api/kinds/challenge.ts'
import { structural } from '../../../../src/api/schema/structural.ts'
import { schemaCheck } from '../../../../src/api/schema/schema-check.ts'

const checkChallenges = schemaCheck(Challenges, 'challenges')
const peerReview = { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] }
const timeWindow = { timeZone: 'Europe/Berlin', days: ['Mon'], from: '09:00', to: '24:00' }

test('challenges are a structural schema, which keeps and counts what it does not know', () => {
  expect(structural(Challenges, 'Template.challenges')).toMatchObject({
    maxItems: 8,
    items: { 'x-kubernetes-preserve-unknown-fields': true, maxProperties: 1 },
  })
})

test('one of each kind is valid', () => {
  const all = [
    { peerReview },
    { timeWindow },
    { expression: { cel: 'true', message: 'no' } },
    { webhook: { name: 'tickets' } },
  ]
  expect(checkChallenges(all)).toStrictEqual({ ok: true, value: all })
})

describe('is said to be wrong:', () => {
  test.each<[string, object, string]>([
    ['two kinds in one', { peerReview, timeWindow }, 'challenges[0] must NOT have more than 1 properties'],
    [
      'a kind that is not known beside one that is',
      { peerReview, twoFactor: {} },
      'must NOT have more than 1 properties',
    ],
    [
      'an hour that is none',
      { timeWindow: { ...timeWindow, from: '24:00' } },
      'challenges[0].timeWindow.from must match',
    ],
    ['a day that is none', { timeWindow: { ...timeWindow, days: ['Monday'] } }, 'must be one of Sun, Mon'],
    ['an offset for a zone', { timeWindow: { ...timeWindow, timeZone: '+01:00' } }, 'timeZone must match'],
    ['a review by nobody', { peerReview: { ...peerReview, reviewers: [] } }, 'reviewers must NOT have fewer than 1'],
    ['a review of none', { peerReview: { ...peerReview, count: 0 } }, 'count must be >= 1'],
    ['an expression beyond 2 kB', { expression: { cel: 'x'.repeat(2_049), message: 'no' } }, 'cel must NOT have more'],
  ])('%s', (_title, challenge, problem) => {
    expect(checkChallenges([challenge])).toMatchObject({ ok: false, problems: [expect.stringContaining(problem)] })
  })
})
