import { expect, test } from '@jest/globals'
import { isCrowded, isListed, passFor } from '../../../src/provision/pass.ts'
import { active, aPass, aRequest, pending } from '../../fixtures/example-access.ts'

const where = { namespace: 'shop', name: 'p-1' }
const numbered = (count: number): ReturnType<typeof pending>[] =>
  Array.from({ length: count }, (_, index) =>
    pending(aRequest({}, { name: `r-${String(index).padStart(2, '0')}`, uid: `uid-${index}` })),
  )

test('a pass lists what is unfinished and has its target, with what approved it', () => {
  const live = active()
  const waiting = pending(aRequest({}, { name: 'new', uid: 'request-2' }))
  const finished = { ...live, status: { ...live.status, phase: 'Expired' as const } }
  const unresolved = aRequest({}, { name: 'x', uid: 'request-3' })

  expect(passFor(where, [finished, unresolved, waiting, live])).toMatchObject({
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
  expect(passFor(where, [aRequest()])).toBeUndefined()
})

test('it has room for 16, and the oldest keep their place', () => {
  const many = numbered(17)

  expect(passFor(where, many.toReversed())?.spec.requests.map(({ name }) => name)).toEqual(
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
