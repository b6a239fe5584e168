import { expect, test } from '@jest/globals'
import { Type } from 'typebox'
import { schemaCheck } from '../../../../src/api/schema/schema-check.ts'

const check = schemaCheck(
  Type.Object(
    { kind: Type.Optional(Type.Literal('Door')), names: Type.Optional(Type.Record(Type.String(), Type.Number())) },
    { additionalProperties: false },
  ),
  'door',
)

test('a problem names the field, and shows the value that is wrong', () => {
  expect(check({ kind: 'Gate' })).toEqual({ ok: false, problems: ['door.kind must be "Door", not "Gate"'] })
})

test.each([
  ['value', { kind: 'a\u0081\u202eb' }, 'door.kind must be "Door", not "a\\u0081\\u202eb"'],
  ['name of a field', { 'a\u009bb': 1 }, 'door.a\\u009bb is not a known field; known are kind, names'],
  ['key on the way to it', { names: { 'a\u009bb': 'x' } }, 'door.names.a\\u009bb must be number, and is "x"'],
])('nothing in a %s moves the terminal of who reads it', (_title, value, problem) => {
  expect(check(value)).toEqual({ ok: false, problems: [problem] })
})
