import { beforeAll, describe, expect, test } from '@jest/globals'
import { Type } from 'typebox'
import { interpretChecks, schemaCheck } from '../../../../src/api/schema/schema-check.ts'

const Word = Type.Object({ text: Type.String({ maxLength: 3, pattern: '^[^a]*$' }) })

describe('interpretChecks', () => {
  beforeAll(interpretChecks)

  test('lets a value pass as it is', () => {
    const value = { text: 'bcd', more: 1 }
    expect(schemaCheck(Word, 'word')(value)).toEqual({ ok: true, value })
  })

  test('compiles nothing for a value that passes', () => {
    const uncompilable = schemaCheck(Type.Object({}, { 'no-keyword': true }), 'word')
    expect(uncompilable({})).toEqual({ ok: true, value: {} })
    expect(() => uncompilable(1)).toThrow('no-keyword')
  })

  test('counts characters as a compiled check does', () => {
    expect(schemaCheck(Word, 'word')({ text: '👩👩👩' }).ok).toBe(true)
    expect(schemaCheck(Word, 'word')({ text: '👩\u200d👩\u200d👧' }).ok).toBe(false)
  })

  test.each([
    [{}, 'word.text is missing'],
    [{ text: 'ab' }, 'word.text must match ^[^a]*$, and "ab" does not'],
    [{ text: 'bcde' }, 'word.text must NOT have more than 3 characters, and is "bcde"'],
    [undefined, 'word must be object, and is absent'],
  ])('says why %j does not pass', (value, problem) => {
    expect(schemaCheck(Word, 'word')(value)).toEqual({ ok: false, problems: [problem] })
  })
})
