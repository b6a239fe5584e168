import { describe, expect, test } from '@jest/globals'
import type { AccessRecord } from '../../../../src/api/kinds/access-record.ts'
import type { Exec } from '../../../../src/decision/gate/entry.ts'
import { callDigest, isRetryOf, type UseCall } from '../../../../src/decision/gate/use.ts'
import { at } from '../../../fixtures/example-access.ts'

const exec: Exec = {
  ...{ way: 'pods/exec', namespace: 'shop', name: 'web-0', container: 'app' },
  ...{ command: ['id'], stdin: false, tty: false },
}
const call: UseCall = { username: 'alice', pod: 'web-0', podUID: 'pod-1', container: 'app', digest: callDigest(exec) }

function use(more: object = {}): AccessRecord {
  const spec = { id: 'd-1', type: 'dev.sallyport.access.used.v1', time: '2026-11-21T12:30:00.000000Z', use: call }
  return { metadata: { name: 'use-1', namespace: 'sallyport-system' }, spec: { ...spec, ...more } } as AccessRecord
}

describe('the call of a use, made once more', () => {
  test.each([
    ['at the same moment', at('12:30:00')],
    ['within five seconds', at('12:30:04')],
    ['at a replica whose clock is behind', at('12:29:58')],
  ])('is its retry %s', (_when, now) => {
    expect(isRetryOf(use(), call, now)).toBe(true)
  })

  test.each<[string, Partial<UseCall>]>([
    ['another user', { username: 'mallory' }],
    ['another pod of the same name', { podUID: 'pod-2' }],
    ['another container', { container: 'side' }],
    ['other words', { digest: callDigest({ ...exec, command: ['id', '-u'] }) }],
    ['input', { digest: callDigest({ ...exec, stdin: true }) }],
    ['a terminal', { digest: callDigest({ ...exec, tty: true }) }],
    ['another way in', { digest: callDigest({ way: 'pods/portforward', namespace: 'shop', name: 'web-0' }) }],
  ])('is not its retry with %s', (_what, other) => {
    expect(isRetryOf(use(), { ...call, ...other }, at('12:30:01'))).toBe(false)
  })

  test('is not its retry after five seconds', () => {
    expect(isRetryOf(use(), call, at('12:30:05'))).toBe(false)
  })

  test.each([
    ['that says nothing of the call', { use: { ...call, digest: undefined } }],
    ['of something else', { use: undefined }],
    ['without a time that can be read', { time: 'then' }],
  ])('is not the retry of a record %s', (_what, more) => {
    const { digest: _digest, ...without } = call
    expect(isRetryOf(use(more), without, at('12:30:01'))).toBe(false)
    expect(isRetryOf(use(more), call, at('12:30:01'))).toBe(false)
  })
})
