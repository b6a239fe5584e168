import { expect, test } from '@jest/globals'
import type { AccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import { attributeProblems, objectionToAttributes } from '../../../../src/decision/admission/attributes.ts'
import { aRequest, aTemplate } from '../../../fixtures/example-access.ts'

type Demanded = NonNullable<AccessTemplate['spec']['attributes']>[number]
type Attributes = Readonly<Record<string, string>>

const objectionTo = (attributes: Attributes | undefined, ...demanded: Demanded[]): string | undefined =>
  objectionToAttributes(aRequest(attributes && { attributes }).spec, aTemplate({ attributes: demanded }))?.message

const ticket: Demanded = { key: 'ticket', pattern: 'OPS-\\d+' }

test.each<[string, Attributes | undefined, Demanded]>([
  ['what matches as a whole', { ticket: 'OPS-42' }, ticket],
  ['anything where no pattern is demanded', { ticket: '' }, { key: 'ticket' }],
  ['what is left out and optional', undefined, { ...ticket, optional: true }],
  ['one of several that a pattern offers', { ticket: 'b' }, { key: 'ticket', pattern: 'a|b' }],
  ['an expression that is tied to the whole already', { ticket: 'OPS-42' }, { key: 'ticket', pattern: '^OPS-42$' }],
])('a request may say %s', (_title, attributes, demanded) => {
  expect(objectionTo({ other: 'x', ...attributes }, demanded)).toBeUndefined()
})

test.each<[string, Attributes | undefined, Demanded, string]>([
  ['none', undefined, ticket, 'spec.attributes.ticket is missing; it must match OPS-\\d+ (E_TEMPLATE_ATTRIBUTE)'],
  ['what an object has anyway', {}, { key: 'constructor' }, 'spec.attributes.constructor is missing'],
  ['more than what matches', { ticket: 'OPS-42 or so' }, ticket, 'ticket does not match OPS-\\d+ as a whole'],
  ['lines around what matches', { ticket: 'x\nOPS-42\nx' }, { key: 'ticket', pattern: '(?m)^OPS-42$' }, 'as a whole'],
  ['a part of an alternative', { ticket: 'ab' }, { key: 'ticket', pattern: 'a|b' }, 'as a whole'],
  ['what is optional, and wrong', { ticket: 'x' }, { ...ticket, optional: true }, 'does not match'],
  ['anything where the pattern is none', { ticket: 'x' }, { key: 'ticket', pattern: '(' }, 'does not match'],
])('a request may not say %s', (_title, attributes, demanded, text) => {
  expect(objectionTo(attributes, demanded)).toContain(text)
})

test('all that is wrong is told at once, and no value', () => {
  const text = objectionTo({ ticket: 'hunter2' }, ticket, { key: 'customer' })

  expect(text).toContain(
    'spec.attributes.ticket does not match OPS-\\d+ as a whole; spec.attributes.customer is missing',
  )
  expect(text).not.toContain('hunter2')
})

test.each(['(', 'a)|(b', '(.{0,900}){2}', '\\Qa', 'a'.repeat(257)])('a template may not demand %j', (pattern) => {
  expect(attributeProblems([{ key: 'a' }, { key: 'b', pattern }])).toEqual([
    expect.stringContaining('spec.attributes[1].pattern is not an RE2 expression: '),
  ])
})

// Sixteen of these took 0.6 s of the thread that answers the API server.
const slow = '(.?.?.?){120}.*'

test('what all attributes of a template cost together is bounded', () => {
  const keys = Array.from({ length: 16 }, (_, index) => `key-${index}`)
  const demanded = keys.map((key) => ({ key, pattern: slow }))

  expect(attributeProblems(demanded)).toEqual(
    keys
      .map((_key, index) => `spec.attributes[${index}].pattern repeats too much together with the patterns before it`)
      .slice(2)
      .map((text) => expect.stringContaining(text)),
  )
  expect(attributeProblems(keys.map((key) => ({ key, pattern: 'x'.repeat(100) })))).toEqual([])
})

test('a template that was stored before there was a bound costs no more: what is beyond it matches nothing', () => {
  const value = 'x'
  const demanded = ['a', 'b', 'c', 'd'].map((key) => ({ key, pattern: slow }))

  expect(objectionTo({ a: value, b: value, c: value, d: value }, ...demanded)).toMatch(
    /: spec\.attributes\.c does not match .*; spec\.attributes\.d does not match [^;]*$/,
  )
})

test('an expression may be as long as the schema lets it', () => {
  const pattern = 'a'.repeat(256)

  expect(attributeProblems([{ key: 'a', pattern }])).toEqual([])
  expect(objectionTo({ a: pattern }, { key: 'a', pattern })).toBeUndefined()
})
