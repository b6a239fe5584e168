import { describe, expect, test } from '@jest/globals'
import { isBefore, objectionToOneMore } from '../../../../src/decision/admission/limits.ts'
import { aRequest, aTemplate, pending } from '../../../fixtures/example-access.ts'

const by = (username: string, name: string): ReturnType<typeof aRequest> =>
  aRequest({ requestor: { username } }, { name, uid: name })

describe('one more request', () => {
  test.each<[string, object | undefined, readonly string[], boolean]>([
    ['no limits', undefined, ['alice', 'alice', 'bob'], true],
    ['room for the user', { perUser: 2 }, ['alice', 'bob', 'bob'], true],
    ['none for the user', { perUser: 2 }, ['alice', 'bob', 'alice'], false],
    ['room in all', { total: 3 }, ['bob', 'alice'], true],
    ['none in all', { total: 3 }, ['bob', 'alice', 'carol'], false],
    ['room in all, but none for the user', { perUser: 1, total: 9 }, ['alice'], false],
  ])('%s', (_title, limits, others, fits) => {
    const template = aTemplate(limits && { limits })
    const inTheWay = others.map((user, index) => by(user, `r-${index}`))

    expect(objectionToOneMore(by('alice', 'new'), template, inTheWay) === undefined).toBe(fits)
  })

  test('is told which are in the way, a few by name', () => {
    const template = aTemplate({ limits: { total: 7 } })
    const seven = Array.from({ length: 7 }, (_, index) => by('bob', `r-${index}`))

    expect(objectionToOneMore(by('alice', 'new'), template, seven)?.message).toContain(
      'AccessTemplate web allows 7 unfinished requests at a time, and there are shop/r-0 of bob, shop/r-1 of bob, shop/r-2 of bob, shop/r-3 of bob, shop/r-4 of bob and 2 more (E_TEMPLATE_LIMIT)',
    )
  })
})

describe('which of two is before the other', () => {
  const older = aRequest({}, { name: 'z', creationTimestamp: '2026-11-21T11:58:59Z' })
  const newer = aRequest({}, { name: 'a' })

  test('the older, and of the same second the first by name', () => {
    expect(isBefore(older, newer)).toBe(true)
    expect(isBefore(newer, older)).toBe(false)
    expect(isBefore(aRequest({}, { name: 'a' }), aRequest({}, { name: 'b' }))).toBe(true)
  })

  test('the one that was taken up', () => {
    expect(isBefore(pending(newer), older)).toBe(true)
  })
})
