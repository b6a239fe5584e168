import { expect, test } from '@jest/globals'
import { mustBeShorter } from '../../../../src/cli/review/approve.ts'
import { aRequest, aTemplate } from '../../../fixtures/example-access.ts'

const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
const { duration: _duration, ...untimed } = aRequest({ templateRef }).spec
const byDefault = {
  request: { ...aRequest(), spec: untimed },
  template: aTemplate({ duration: { default: '2h', max: '8h' } }),
}
const hour = { request: aRequest(), template: undefined }

test.each([
  ['5h', hour, '1h'],
  ['5h', byDefault, '2h'],
] as const)('an approval for %s of a request is refused if that is longer', (given, looked, asked) => {
  expect(() => {
    mustBeShorter(given, looked)
  }).toThrow(
    `An approval may only shorten: the request asks for ${asked}, and ${given} is longer. Give less, or leave --for out.`,
  )
})

test.each([
  ['1h', hour],
  ['2h', byDefault],
  ['5h', { ...byDefault, template: undefined }],
  [undefined, byDefault],
] as const)('an approval for %s may be given', (given, looked) => {
  expect(() => {
    mustBeShorter(given, looked)
  }).not.toThrow()
})
