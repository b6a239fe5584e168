import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { PeerReview } from '../../../../src/api/kinds/challenge.ts'
import { countReviews, wouldCount, type Approval } from '../../../../src/decision/challenge/peer-review.ts'
import type { Person } from '../../../../src/decision/challenge/reviewer.ts'
import { seat } from '../../../../src/decision/challenge/seating.ts'
import { objectionToReviewer } from '../../../../src/decision/approval/objection-to-reviewer.ts'

const alice: Person = { username: 'alice', groups: ['dev', 'sre'] }
const group = (name: string) => ({ kind: 'Group', name }) as const
const user = (name: string) => ({ kind: 'User', name }) as const
const robot = { kind: 'ServiceAccount', namespace: 'ci', name: 'robot' } as const
const robotName = 'system:serviceaccount:ci:robot'

const stage = (count: number, ...reviewers: PeerReview['reviewers']): PeerReview => ({ count, reviewers })
const by = (username: string, groups: string[] = [], uid?: string): Person => ({
  username,
  groups: [...groups, 'system:authenticated'],
  ...(uid !== undefined && { uid }),
})

/** Returns approvals, made one after the other. */
function approvals(...people: readonly Person[]): readonly Approval[] {
  return people.map((person, index) => ({
    name: `g${index}`,
    uid: `grant-${index}`,
    at: `2026-11-22T08:00:${String(index).padStart(2, '0')}Z`,
    by: person,
  }))
}

const needed = (stages: readonly PeerReview[], ...people: readonly Person[]): string | undefined =>
  countReviews(stages, approvals(...people), alice).needed

describe('it still needs', () => {
  test.each<[string, readonly PeerReview[], readonly Person[], string | undefined]>([
    ['nobody, where nothing was asked', [], [], undefined],
    ['everybody, at first', [stage(2, group('sre'))], [], '2 more of group sre'],
    ['nobody, once enough approved', [stage(2, group('sre'))], [by('bob', ['sre']), by('carol', ['sre'])], undefined],
    ['as many, whoever else approved', [stage(1, group('sre'))], [by('bob', ['dev'])], '1 more of group sre'],
    ['as many, when the requestor approves', [stage(1, group('sre'))], [alice], '1 more of group sre'],
    [
      'others of the group, when somebody of it approves who is named as well',
      [stage(2, group('sre')), stage(1, user('carol'))],
      [by('carol', ['sre'])],
      '2 more of group sre',
    ],
    [
      'one more, when one approves twice',
      [stage(2, group('sre'))],
      [by('bob', ['sre']), by('bob', ['sre'])],
      '1 more of group sre',
    ],
    [
      'one more, when one approves under two names',
      [stage(2, group('sre'))],
      [by('bob', ['sre'], 'u-1'), by('robert', ['sre'], 'u-1')],
      '1 more of group sre',
    ],
    [
      'one more, when two turn out to be one by what a third approval shows',
      [stage(2, group('sre'))],
      [by('bob', ['sre'], 'u-1'), by('robert', ['sre'], 'u-2'), by('bob', ['sre'], 'u-2')],
      '1 more of group sre',
    ],
    [
      'two people with an empty uid',
      [stage(2, group('sre'))],
      [by('bob', ['sre'], ''), by('carol', ['sre'], '')],
      undefined,
    ],
    [
      'somebody else than is excluded',
      [{ ...stage(1, group('sre')), notReviewers: [user('bob'), group('interns')] }],
      [by('bob', ['sre']), by('carol', ['sre', 'interns'])],
      '1 more of group sre, but not user bob or group interns',
    ],
    ['a service account that is named', [stage(1, robot)], [by(robotName)], undefined],
    ['a service account that is named as a user', [stage(1, user(robotName))], [by(robotName)], undefined],
    [
      'somebody else than a service account that is in the group',
      [stage(1, group('system:serviceaccounts'), group('system:authenticated'))],
      [by(robotName, ['system:serviceaccounts'])],
      '1 more of group system:serviceaccounts or group system:authenticated',
    ],
    [
      'somebody for each stage: nobody fills two',
      [
        { ...stage(1, group('sre')), name: 'ops' },
        { ...stage(1, group('sec')), name: 'security' },
      ],
      [by('bob', ['sre', 'sec'])],
      '1 more of group sec (security)',
    ],
    [
      'nobody, where the one who can do both goes where nobody else can',
      [stage(1, group('sre'), group('sec')), stage(1, group('sec'))],
      [by('bob', ['sec']), by('carol', ['sre'])],
      undefined,
    ],
    [
      'two people for two stages of the same group',
      [stage(1, group('sre')), stage(1, group('sre'))],
      [by('bob', ['sre'])],
      '1 more of group sre',
    ],
    [
      'one of many, of whom some are shown',
      [stage(1, ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(user))],
      [],
      '1 more of user a or user b or user c or user d or user e or 2 others',
    ],
    ['nobody who could move a terminal', [stage(1, user('\u001b[2J'))], [], '1 more of user \\u001b[2J'],
  ])('%s', (_title, stages, people, expected) => {
    expect(needed(stages, ...people)).toBe(expected)
  })

  test('somebody else than the requestor, who is known by uid, too', () => {
    const stages = [stage(1, group('sre'))]
    const { needed: still } = countReviews(stages, approvals(by('renamed', ['sre'], 'u-1')), { ...alice, uid: 'u-1' })
    expect(still).toBe('1 more of group sre')
  })
})

test('of more than are needed the earliest count, whatever order they are read in', () => {
  const all = approvals(by('zoe', ['sre']), by('bob', ['sre']), by('carol', ['sre']))
  for (const read of [all, all.toReversed()]) {
    const { counted } = countReviews([stage(2, group('sre'))], read, alice)
    expect(counted.map((one) => one.by.username)).toEqual(['zoe', 'bob'])
  }
})

test('of one who approved twice the approval counts that was made as a reviewer', () => {
  const all = approvals(by('bob', ['dev']), by('bob', ['sre']))
  expect(countReviews([stage(1, group('sre'))], all, alice).counted).toEqual([all[1]])
})

describe('a verdict', () => {
  const challenges = [{ peerReview: stage(1, group('sre')) }, { peerReview: stage(1, group('sec')) }]
  const request = { name: 'look', requestor: alice, challenges, approvals: approvals(by('bob', ['sre'])) }
  const objection = (person: Person, verdict: 'Approved' | 'Denied' = 'Approved', given = request) =>
    objectionToReviewer(person, verdict, given)

  test.each<[string, Person]>([
    ['of a reviewer whose place is open', by('carol', ['sec'])],
    ['of one for whom another can move', by('dan', ['sec', 'sre'])],
  ])('counts %s', (_title, person) => {
    expect(objection(person)).toBeUndefined()
  })

  test.each<[string, Person, string, string]>([
    ['the requestor', alice, 'E_GRANT_SELF', 'alice made request look'],
    [
      'nobody of the reviewers',
      by('mallory', ['dev']),
      'E_GRANT_REVIEWER',
      'mallory is not a reviewer of request look',
    ],
    ['a service account', by(robotName, ['sre']), 'E_GRANT_SERVICE_ACCOUNT', 'no peerReview of request look names'],
    ['one whose place is taken', by('eve', ['sre']), 'E_GRANT_REVIEWER', 'which needs approval by 1 more of group sec'],
    ['one who approved before', by('bob', ['sre', 'dev']), 'E_GRANT_REVIEWER', 'does not count for request'],
  ])('of %s does not', (_title, person, code, text) => {
    expect(objection(person)).toMatchObject({ code, message: expect.stringContaining(text) })
  })

  test('that denies is open to every reviewer, also without an open place, and to nobody else', () => {
    expect(objection(by('eve', ['sre']), 'Denied')).toBeUndefined()
    expect(objection(by('mallory'), 'Denied')).toMatchObject({ code: 'E_GRANT_REVIEWER' })
  })

  test('is not needed any more', () => {
    const done = { ...request, approvals: approvals(by('bob', ['sre']), by('carol', ['sec'])) }
    expect(objection(by('dan', ['sec']), 'Approved', done)).toMatchObject({
      message: expect.stringContaining('has all the approvals that it needs'),
    })
  })

  test('is nobody’s business here where no review is asked for', () => {
    expect(objection(alice, 'Approved', { ...request, challenges: [] })).toBeUndefined()
  })
})

// The places that each of some people could take, as bits, and how many people each place takes.
const puzzle = fc.record({
  people: fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 6 }),
  counts: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 4 }),
})

/** Tries every way in which people can be seated. */
function most(people: readonly number[], free: readonly number[]): number {
  const [person, ...others] = people
  if (person === undefined) return 0
  const seated = free.flatMap((count, place) => {
    if (count === 0 || (person & (1 << place)) === 0) return []
    return [1 + most(others, free.with(place, count - 1))]
  })
  return Math.max(most(others, free), ...seated)
}

test('as many are seated as can be, each once, where they may sit', () => {
  fc.assert(
    fc.property(puzzle, ({ people, counts }) => {
      const sitters = people.map((bits, id) => ({ bits, id }))
      const places = counts.map((count, place) => ({
        count,
        takes: ({ bits }: { bits: number }) => (bits & (1 << place)) !== 0,
      }))

      const tables = seat(sitters, places)

      expect(tables.flat()).toHaveLength(most(people, counts))
      expect(new Set(tables.flat()).size).toBe(tables.flat().length)
      for (const [place, table] of tables.entries()) {
        expect(table.length).toBeLessThanOrEqual(counts[place] ?? 0)
        for (const sitter of table) expect(places[place]?.takes(sitter)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})

const groups = ['a', 'b', 'c']
const someone = fc.record({
  username: fc.constantFrom('bob', 'carol', 'dan', 'eve', 'alice'),
  groups: fc.subarray(groups),
})
const someStages = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 2 }), reviewers: fc.subarray(groups.map(group), { minLength: 1 }) }),
  { minLength: 1, maxLength: 3 },
)

test('in whatever order approvals come, the same is still needed; and an approval that would count brings it nearer', () => {
  const order = fc.array(someone, { maxLength: 5 }).chain((people) =>
    fc.record({
      made: fc.constant(approvals(...people)),
      read: fc.shuffledSubarray([...approvals(...people)], { minLength: people.length }),
    }),
  )
  fc.assert(
    fc.property(someStages, order, someone, (stages, { made, read }, next) => {
      expect(countReviews(stages, read, alice)).toEqual(countReviews(stages, made, alice))
      const now = countReviews(stages, made, alice).counted
      const then = countReviews(stages, [...made, { name: 'z', uid: 'z', at: '2027', by: next }], alice).counted
      expect(wouldCount(next, stages, made, alice)).toBe(then.length > now.length)
      expect(now.every(({ by: person }) => person.username !== 'alice')).toBe(true)
    }),
  )
})
