import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mergePatch } from '../../../../src/cluster/apply/manifest-difference.ts'

test('a field that is to go is null, at any depth', () => {
  const before = { phase: 'Active', target: { pod: 'a', podUID: 'u' }, list: [{ a: 1, b: 2 }] }

  expect(mergePatch(before, { phase: 'Active', target: { pod: 'a' }, list: [{ a: 1 }] })).toEqual({
    phase: 'Active',
    target: { pod: 'a', podUID: null },
    list: [{ a: 1 }],
  })
  expect(mergePatch(before, { phase: 'Active', target: undefined })).toEqual({
    phase: 'Active',
    target: null,
    list: null,
  })
})

// Merges as RFC 7386 says, section 2.
function merged(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch
  const result = new Map(Object.entries(isMap(target) ? target : {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key)
    else result.set(key, merged(result.get(key), value))
  }
  return Object.fromEntries(result)
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

test('whatever was there, what comes of it is what should be', () => {
  const leaf = fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.array(fc.integer(), { maxLength: 2 }))
  const { object } = fc.letrec<{ object: object; value: unknown }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, tie('object')),
    object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'constructor'), tie('value'), { maxKeys: 4 }),
  }))
  fc.assert(
    fc.property(object, object, (before, after) => {
      expect(merged(before, mergePatch(before, after))).toEqual(after)
    }),
  )
})
