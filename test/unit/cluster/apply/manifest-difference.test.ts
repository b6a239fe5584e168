import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { isDifferent } from '../../../../src/cluster/apply/manifest-difference.ts'

const json = fc.jsonValue({ maxDepth: 4 })

it.each([
  ['a label of somebody else', { labels: { a: '1' } }, { labels: { a: '1', b: '2' } }, false],
  ['a label that is missing', { labels: { a: '1' } }, { labels: {} }, true],
  ['a changed value', { a: 1 }, { a: 2 }, true],
  ['a default in an element', [{ kind: 'User' }], [{ kind: 'User', apiGroup: 'rbac' }], false],
  ['an element more', [{ kind: 'User' }], [{ kind: 'User' }, { kind: 'Group' }], true],
  ['an element less', ['get', 'list'], ['get'], true],
  ['another order', ['get', 'list'], ['list', 'get'], true],
  ['no list where one should be', { verbs: [] }, {}, true],
  ['undefined, which JSON leaves out', { a: undefined, b: {} }, {}, false],
  ['an object where a word should be', 'a', {}, true],
  ['a word where an object should be', { a: 1 }, 'a', true],
])('%s', (_, desired, observed, difference) => {
  expect(isDifferent(desired, observed)).toBe(difference)
})

it('finds none between a value and itself, nor where fields were only added', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), json), (desired, more) => {
      expect(isDifferent(desired, structuredClone(desired))).toBe(false)
      expect(isDifferent(desired, { ...more, ...desired })).toBe(false)
    }),
  )
})
