import { expect, it } from '@jest/globals'
import { apiErrorOf, apiErrorOfStatus, KubeApiError } from '../../../../src/cluster/client/api-error.ts'
import { nextAfter } from '../../../../src/cluster/reflector/reflector-recovery.ts'

const status = (code: number, message = '') => apiErrorOf('WATCH', code, JSON.stringify({ message }))
const watch = { kind: 'watch', resourceVersion: '7' } as const
const sameList = { kind: 'list', resourceVersion: '7' }
const newestList = { kind: 'list', resourceVersion: '' }

it.each([
  ['a broken connection', new KubeApiError('reset'), watch],
  ['unauthorized', status(401), watch],
  ['forbidden', status(403), watch],
  ['too many requests', status(429), watch],
  ['an internal error', status(500), watch],
  ['unavailable', status(503), watch],
  ['a timeout', status(504), watch],
  ['gone', status(410), newestList],
  ['gone, as an event', apiErrorOfStatus('WATCH', { code: 410, reason: 'Expired' }), newestList],
  ['a version from the future', status(504, 'Timeout: Too large resource version: 9, current: 1'), newestList],
  ['a bad request', status(400), sameList],
  ['no such resource', status(404), sameList],
])('after %s', (_, error, next) => {
  expect(nextAfter(error, watch, 0)).toEqual(next)
})

it('lists where watches are accepted but never get past one version', () => {
  expect(nextAfter(new KubeApiError('not a watch event'), watch, 2)).toEqual(watch)
  expect(nextAfter(new KubeApiError('not a watch event'), watch, 3)).toEqual(sameList)
})

it('keeps on listing the same where lists fail', () => {
  const first = { kind: 'list', resourceVersion: '0' } as const

  expect(nextAfter(status(500), first, 0)).toEqual(first)
  expect(nextAfter(status(410), first, 0)).toEqual(newestList)
})
