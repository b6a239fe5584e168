import { expect, test } from '@jest/globals'
import { unusedText } from '../../../../src/cli/enter/unused-terms.ts'

test.each([
  [{ duration: '5m', reason: 'r' }, 'Request look is there already, so --for and --reason are not used.'],
  [{ memory: '1Gi' }, 'Request look is there already, so --memory is not used.'],
  [{ template: 'web', namespace: 'shop' }, undefined],
])('of the flags %j those are told that a request which is there cannot take', (options, told) => {
  expect(unusedText('look', options)).toBe(told)
})
