import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  certificateTimes,
  planCertificates,
  type LeafFacts,
  type SeenCertificates,
  type StoredAuthorityFacts,
} from '../../../certs/plan-certificates.ts'
import { createRotatingWorld, worldEvents } from '../../fixtures/rotating-world.ts'

const minute = 60_000
const times = certificateTimes(60 * minute, 600 * minute)
const one = { id: 'one', expiresAt: 600 * minute }
const two = { id: 'two', expiresAt: 900 * minute }
const authority: StoredAuthorityFacts = { signing: one, next: undefined, bundle: ['one'], isRotationAsked: false }
const leaf: LeafFacts = { issuer: 'one', namesHosts: true, issuedAt: 0, expiresAt: 60 * minute }
const seen: SeenCertificates = { authority, leaf, carriedForMs: () => Infinity, now: minute, earliest: minute }
const rotating = { ...authority, next: two, bundle: ['one', 'two'] }
const switched = { ...authority, signing: two, bundle: ['one', 'two'] }
const late = { ...leaf, issuedAt: 400 * minute, expiresAt: 460 * minute }

describe('the next step', () => {
  test.each<[string, Partial<SeenCertificates>, object]>([
    ['all is well', {}, { do: 'Wait', until: 40 * minute }],
    ['no CA', { authority: undefined }, { do: 'MakeAuthority' }],
    ['the CA expired', { now: 600 * minute }, { do: 'MakeAuthority' }],
    ['the CA expired beside its successor', { now: 600 * minute, authority: rotating }, { do: 'SwitchAuthority' }],
    ['no leaf', { leaf: undefined }, { do: 'IssueLeaf' }],
    ['other hosts', { leaf: { ...leaf, namesHosts: false } }, { do: 'IssueLeaf' }],
    ['two thirds of the leaf are over', { now: 40 * minute }, { do: 'IssueLeaf' }],
    [
      'a leaf that ends with its CA, which cannot give it more',
      { now: 590 * minute, leaf: { ...leaf, expiresAt: 600 * minute } },
      { do: 'AddNextAuthority' },
    ],
    [
      'the same while the next CA waits',
      { now: 590 * minute, leaf: { ...leaf, expiresAt: 600 * minute }, authority: rotating, carriedForMs: () => 0 },
      { do: 'Wait' },
    ],
    ['a moment before that', { now: 40 * minute - 1 }, { do: 'Wait', until: 40 * minute }],
    ['two thirds of the CA are over', { now: 400 * minute, leaf: late }, { do: 'AddNextAuthority' }],
    ['another CA is asked for', { authority: { ...authority, isRotationAsked: true } }, { do: 'AddNextAuthority' }],
    ['a bundle without the CA', { authority: { ...authority, bundle: [] } }, { do: 'SetBundle', bundle: ['one'] }],
    ['the next CA is everywhere', { authority: rotating }, { do: 'SwitchAuthority' }],
    ['the next CA is not everywhere', { authority: rotating, carriedForMs: () => undefined }, { do: 'Wait' }],
    ['the next CA is new there', { authority: rotating, carriedForMs: () => times.settleMs - 1 }, { do: 'Wait' }],
    ['another CA signs now', { authority: switched }, { do: 'IssueLeaf' }],
    ['another CA signs, which nobody knows yet', { authority: switched, carriedForMs: () => 0 }, { do: 'Wait' }],
    [
      'the leaf of another CA that is not in the bundle',
      { authority: { ...switched, bundle: ['two'] } },
      { do: 'SetBundle', bundle: ['two', 'one'] },
    ],
    [
      'the old CA may still be needed',
      { authority: switched, leaf: { ...leaf, issuer: 'two' }, earliest: times.drainMs - 1 },
      { do: 'Wait' },
    ],
    [
      'the old CA is not needed any more',
      { authority: switched, leaf: { ...leaf, issuer: 'two' }, earliest: times.drainMs },
      { do: 'SetBundle', bundle: ['two'] },
    ],
    [
      'a CA that somebody added',
      { authority: { ...authority, bundle: ['one', 'stranger'] }, earliest: times.drainMs },
      { do: 'SetBundle', bundle: ['one'] },
    ],
  ])('%s', (_, change, step) => {
    expect(planCertificates({ ...seen, ...change }, times)).toMatchObject(step)
  })
})

test.each([
  [90 * 1_440, 30_000, 600_000],
  [60, 30_000, 600_000],
  [1, 5_000, 10_000],
])('a lifetime of %d min: settled after %d ms, drained after %d ms', (minutes, settleMs, drainMs) => {
  expect(certificateTimes(minutes * minute, minutes * minute)).toMatchObject({ settleMs, drainMs })
})

test('whatever happens, each API server trusts the leaf of each replica, and none expires', () => {
  fc.assert(
    fc.property(fc.array(worldEvents, { minLength: 1, maxLength: 60 }), (events) => {
      const world = createRotatingWorld(certificateTimes(10 * minute, 60 * minute))
      for (const event of events) {
        world.happens(event)
        expect(world.problems()).toEqual([])
      }
    }),
    { numRuns: 200 },
  )
})

test('left to itself, it renews and rotates, and trusts one CA again', () => {
  const world = createRotatingWorld(certificateTimes(10 * minute, 60 * minute))

  for (let passed = 0; passed < 45; passed++) world.happens({ passes: 60, lag: 3 })

  expect(world.problems()).toEqual([])
  expect(world.authorities()).toEqual({ made: 2, trusted: 1 })
})
