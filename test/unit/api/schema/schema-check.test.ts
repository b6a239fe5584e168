import { expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Type } from 'typebox'
import { allKinds } from '../../../../src/api/kinds/all-kinds.ts'
import { AdmissionReview } from '../../../../src/api/review/admission-review.ts'
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

test.each([
  ...allKinds.map(({ kind, schema }) => [kind, schema] as const),
  ['AdmissionReview', AdmissionReview] as const,
])('the schema of %s is a schema: the checks take it for granted', (_kind, schema) => {
  expect(new Ajv2020().validateSchema(schema)).toBe(true)
})
