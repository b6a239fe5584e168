import { describe, expect, test } from '@jest/globals'
import { accessOf, offerOf } from '../../../src/api/accesses.ts'

const asked = { exec: { pod: 'web' }, shell: {}, role: {} }
const target = { kind: 'Deployment', name: 'web' }
const offered = {
  exec: { target },
  shell: { from: target },
  role: { bindings: [{ roleRef: { kind: 'Role' as const, name: 'view' } }] },
}

describe('the access that a request asks for', () => {
  test.each(['exec', 'shell', 'role'] as const)('is %s where only that is named', (name) => {
    expect(accessOf({ [name]: asked[name] })).toEqual({ name, asked: asked[name] })
  })

  test('is none where a request of another version names none that is known', () => {
    expect(accessOf({})).toBeUndefined()
  })

  test('is none where a request of another version names two', () => {
    expect(accessOf({ exec: {}, role: {} })).toBeUndefined()
    expect(accessOf(asked)).toBeUndefined()
  })
})

describe('the access that a template offers', () => {
  test.each(['exec', 'shell', 'role'] as const)('is %s where only that is offered', (name) => {
    expect(offerOf({ [name]: offered[name] })).toEqual({ name, offered: offered[name] })
  })

  test('is none where a template of another version offers none, or two', () => {
    expect(offerOf({})).toBeUndefined()
    expect(offerOf(offered)).toBeUndefined()
  })
})
