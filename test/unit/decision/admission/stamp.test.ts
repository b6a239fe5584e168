import { describe, expect, test } from '@jest/globals'
import { identityOf, stampGrant, stampRequest } from '../../../../src/decision/admission/stamp.ts'

const alice = { username: 'alice', groups: ['dev'] }
const bob = { username: 'bob', groups: ['sre'] }

describe('who is logged in', () => {
  test('has only the extra that the config names', () => {
    const user = { username: 'alice', uid: 'u1', groups: ['dev'], extra: { kept: ['a'], secret: ['b'] } }

    expect(identityOf(user, ['kept'])).toEqual({
      username: 'alice',
      uid: 'u1',
      groups: ['dev'],
      extra: { kept: ['a'] },
    })
  })

  test('has no uid where there is none, as the policy compares it', () => {
    expect(identityOf({ username: 'alice', uid: '' }, [])).toEqual({ username: 'alice', groups: [] })
  })

  test('has no more groups than the schema takes', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `${index}-${'g'.repeat(100)}`)

    const { groups = [] } = identityOf({ username: 'alice', groups: many }, [])

    expect(groups.length).toBeLessThanOrEqual(256)
    expect(groups.join('').length).toBeLessThanOrEqual(12_288)
    expect(many).toEqual(expect.arrayContaining(groups))
  })
})

describe('of more groups than fit', () => {
  const many = Array.from({ length: 300 }, (_, index) => `group-${index}`)

  test('those are kept that something depends on, in their order', () => {
    const { groups = [] } = identityOf({ username: 'alice', groups: [...many, 'sre', 'dba'] }, [], ['dba', 'sre', 'x'])

    expect(groups).toHaveLength(256)
    expect(groups.slice(-2)).toEqual(['sre', 'dba'])
  })

  test('one that the schema does not take, or that comes twice, costs nobody the rest', () => {
    const groups = ['g'.repeat(513), 'dev', 'dev', 'sre']

    expect(identityOf({ username: 'alice', groups }, []).groups).toEqual(['dev', 'sre'])
  })
})

describe('a request', () => {
  test('is by the user who makes it, whatever it says, and not revoked yet', () => {
    expect(stampRequest({ requestor: bob, revoked: { by: bob } }, undefined, alice)).toEqual([
      { op: 'add', path: '/spec/requestor', value: alice },
      { op: 'remove', path: '/spec/revoked' },
    ])
  })

  test('stays by the user who made it, even if another applies it again', () => {
    expect(stampRequest({ requestor: bob }, { requestor: alice }, bob)).toEqual([
      { op: 'add', path: '/spec/requestor', value: alice },
    ])
  })

  test('is revoked by who adds that', () => {
    expect(stampRequest({ revoked: { by: alice, message: 'done' } }, { requestor: alice }, bob)).toContainEqual({
      op: 'add',
      path: '/spec/revoked/by',
      value: bob,
    })
  })

  test.each([{ revoked: undefined }, { revoked: { by: alice, message: 'changed' } }])(
    'stays revoked as it was: %j',
    (spec) => {
      const revoked = { by: bob, message: 'no' }

      expect(stampRequest(spec, { requestor: alice, revoked }, alice)).toContainEqual({
        op: 'add',
        path: '/spec/revoked',
        value: revoked,
      })
    },
  )

  // The API server could not patch a list: the user would read of an internal error.
  test.each(['yes', null, []])('with a revocation that is no object is left to the schema: %j', (revoked) => {
    expect(stampRequest({ revoked }, { requestor: alice }, bob)).toHaveLength(1)
  })
})

describe('a grant', () => {
  test('is by who makes it, on this very request', () => {
    expect(stampGrant(undefined, 'request-1', bob)).toEqual([
      { op: 'add', path: '/spec/requestRef/uid', value: 'request-1' },
      { op: 'add', path: '/spec/grantedBy', value: bob },
    ])
  })

  test('stays as it was, even if another user applies it again', () => {
    const before = { requestRef: { name: 'look', uid: 'request-1' }, grantedBy: bob }

    expect(stampGrant(before, 'request-2', alice)).toEqual([
      { op: 'add', path: '/spec/requestRef/uid', value: 'request-1' },
      { op: 'add', path: '/spec/grantedBy', value: bob },
    ])
  })
})
