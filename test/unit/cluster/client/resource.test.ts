import { describe, expect, test } from '@jest/globals'
import { isPossible } from '../../../../src/cluster/client/resource.ts'

describe('of these names there is no object, and nobody is asked', () => {
  test.each(['', '.', '..', '../secrets', 'a/b', 'a%', '%2e%2e', '\ud800'])('%j', (name) => {
    expect(isPossible({ namespace: 'shop', name })).toBe(false)
    expect(isPossible({ namespace: name, name: 'web-0' })).toBe(false)
  })
})

test.each(['web-0', 'a.b', '...', 'system:node', 'UPPER', 'ü', '\n'])('of %j there may be one', (name) => {
  expect(isPossible({ namespace: 'shop', name })).toBe(true)
})
