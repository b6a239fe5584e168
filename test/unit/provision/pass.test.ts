import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../src/api/kinds/access-request.ts'
import { hintEnds, isCrowded, isListed, passFor } from '../../../src/provision/pass.ts'
import { active, aPass, aRequest, at, pending } from '../../fixtures/example-access.ts'

const where = { namespace: 'shop', name: 'p-1' }
const now = at('14:00:00')
const numbered = (count: number): ReturnType<typeof pending>[] =>
  Array.from({ length: count }, (_, index) =>
    pending(aRequest({}, { name: `r-${String(index).padStart(2, '0')}`, uid: `uid-${index}` })),
  )

test('a pass lists what is unfinished and has its target, with what approved it', () => {
  const live = active()
  const waiting = pending(aRequest({}, { name: 'new', uid: 'request-2' }))
  const finished = { ...live, status: { ...live.status, phase: 'Expired' as const } }
  const unresolved = aRequest({}, { name: 'x', uid: 'request-3' })

  expect(passFor(where, [finished, unresolved, waiting, live], now)).toMatchObject({
    metadata: where,
    spec: {
      username: 'alice',
      pod: 'web-0',
      requests: [
        { name: 'look', uid: 'request-1', grants: [{ name: 'look', uid: 'grant-1' }] },
        { name: 'new', uid: 'request-2', grants: [] },
      ],
    },
  })
})

test('there is none where there is nothing to list', () => {
  expect(passFor(where, [aRequest()], now)).toBeUndefined()
})

test('it has room for 16, and the oldest keep their place', () => {
  const many = numbered(17)

  expect(passFor(where, many.toReversed(), now)?.spec.requests.map(({ name }) => name)).toEqual(
    many.slice(0, 16).map(({ metadata }) => metadata.name),
  )
  expect(isCrowded(many, aRequest())).toBe(true)
  expect(isCrowded(numbered(15), aRequest())).toBe(false)
})

test('a request is listed once the pass has it with every grant that approved it', () => {
  expect(isListed(undefined, active())).toBe(false)
  expect(isListed(aPass(pending()), active())).toBe(false)
  expect(isListed(aPass(active()), active())).toBe(true)
})

describe('the pass says which request ended last', () => {
  const ended = (time: string, name = 'look'): AccessRequest => {
    const request = active(aRequest({}, { name, uid: `uid-${name}` }))
    return { ...request, status: { ...request.status, phase: 'Expired', finishedAt: `2026-11-21T${time}.000000Z` } }
  }
  const hintOf = (...requests: readonly AccessRequest[]): string | undefined =>
    passFor(where, requests, now)?.spec.ended?.name

  test.each<[string, string | undefined, readonly AccessRequest[]]>([
    ['for an hour', 'look', [ended('13:00:01')]],
    ['and no longer', undefined, [ended('13:00:00')]],
    ['of several the last', 'late', [ended('13:20:00'), ended('13:40:00', 'late'), ended('13:30:00', 'early')]],
    ['beside those that are live', 'look', [active(), ended('13:30:00')]],
    [
      'but not of one that is being deleted',
      undefined,
      [
        {
          ...ended('13:30:00'),
          metadata: { ...ended('13:30:00').metadata, deletionTimestamp: '2026-11-21T13:31:00Z' },
        },
      ],
    ],
    ['nor of one that never had a pod', undefined, [{ ...ended('13:30:00'), status: { phase: 'Failed' } }]],
  ])('%s', (_title, name, requests) => {
    expect(hintOf(...requests)).toBe(name)
  })

  test('without listing it, and until an hour has passed', () => {
    const pass = passFor(where, [ended('13:30:00')], now)

    expect(pass?.spec).toMatchObject({ username: 'alice', pod: 'web-0', requests: [] })
    expect(pass && hintEnds(pass)).toBe(at('14:30:00'))
  })
})
