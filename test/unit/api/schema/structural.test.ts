import { describe, expect, test } from '@jest/globals'
import { Type } from 'typebox'
import { maxQuantityLength, quantityPattern } from '../../../../src/api/quantity.ts'
import { anyObject, anyValue, held, quantities, stringMap, text, words } from '../../../../src/api/schema/schema.ts'
import { structural } from '../../../../src/api/schema/structural.ts'

test('what our kinds use passes as it is', () => {
  const amount = {
    'x-kubernetes-int-or-string': true,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    minimum: 0,
    maxLength: maxQuantityLength,
    pattern: quantityPattern,
  }
  const schema = Type.Object(
    {
      name: text(63, { description: 'A name.' }),
      verdict: words(['Yes', 'No']),
      labels: Type.Optional(stringMap({ maxProperties: 2, maxLength: 63 })),
      items: Type.Array(Type.Object({ type: text(9) }), {
        maxItems: 2,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
      }),
      data: anyObject(2),
      value: anyValue({ description: 'Anything.' }),
      amounts: quantities(2),
    },
    held({ rule: 'has(self.name)', message: 'name it' }),
  )
  expect(structural(schema, 'Kind')).toStrictEqual({
    type: 'object',
    required: ['name', 'verdict', 'items', 'data', 'value', 'amounts'],
    'x-kubernetes-validations': [{ rule: 'has(self.name)', message: 'name it' }],
    properties: {
      name: { type: 'string', maxLength: 63, description: 'A name.' },
      verdict: { type: 'string', enum: ['Yes', 'No'] },
      labels: { type: 'object', maxProperties: 2, additionalProperties: { type: 'string', maxLength: 63 } },
      items: {
        type: 'array',
        maxItems: 2,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
        items: { type: 'object', required: ['type'], properties: { type: { type: 'string', maxLength: 9 } } },
      },
      data: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, maxProperties: 2 },
      value: { description: 'Anything.', 'x-kubernetes-preserve-unknown-fields': true, nullable: true },
      amounts: { type: 'object', maxProperties: 2, additionalProperties: amount },
    },
  })
})

describe('what a CRD cannot carry is named with its path:', () => {
  const inSpec = (field: object): object => ({ type: 'object', properties: { spec: field } })
  test.each([
    ['a misspelt option', Type.String({ maxLenght: 5 }), 'Kind.spec: a CRD cannot carry the keyword maxLenght'],
    ['a union', Type.Union([Type.Null(), Type.String()]), 'Kind.spec: a CRD cannot carry the keyword anyOf'],
    ['a literal', Type.Literal('x'), 'Kind.spec: a CRD cannot carry the keyword const'],
    [
      'a record',
      Type.Record(Type.String(), Type.String()),
      'Kind.spec: a CRD cannot carry the keyword patternProperties',
    ],
    ['no type', Type.Unknown(), 'Kind.spec: the type must be one of'],
    ['a type that is none', { type: 'null' }, 'Kind.spec: the type must be one of'],
    ['a closed object', Type.Object({}, { additionalProperties: false }), 'Kind.spec[*]: a schema must be an object'],
    [
      'fields and a map',
      { type: 'object', properties: {}, additionalProperties: text(1) },
      'Kind.spec: fields and a map',
    ],
    ['an unbounded string', Type.String(), 'Kind.spec: maxLength is missing'],
    ['an unbounded list', Type.Array(text(1)), 'Kind.spec: maxItems is missing'],
    ['an unbounded item', Type.Array(Type.String(), { maxItems: 1 }), 'Kind.spec[]: maxLength is missing'],
    ['an unbounded map', { type: 'object', additionalProperties: text(1) }, 'Kind.spec: maxProperties is missing'],
    [
      'an unbounded value',
      { type: 'object', maxProperties: 1, additionalProperties: Type.String() },
      'Kind.spec[*]: maxLength is missing',
    ],
    [
      'an unbounded object of any kind',
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      'Kind.spec: maxProperties is missing',
    ],
  ])('%s', (_, field, message) => {
    expect(() => structural(inSpec(field), 'Kind')).toThrow(message)
  })
})
