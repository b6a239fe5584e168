import { expect, test } from '@jest/globals'
import { extension } from '../../../../src/cli/request/extend.ts'
import { active, aRequest, pending } from '../../../fixtures/example-access.ts'

test('an extension asks for the same, names the request that it extends, and claims nothing that admission stamps', () => {
  const asked = aRequest(
    { once: true, startAt: '2026-11-21T12:00:00Z', revoked: { by: { username: 'bob' } } },
    { name: 'exec-web-0-abcde' },
  )

  expect(extension(active(asked), { duration: '2h', reason: 'not done yet' })).toEqual({
    metadata: {
      namespace: 'shop',
      generateName: 'exec-web-0-',
      annotations: { 'access.sallyport.dev/extends': 'exec-web-0-abcde' },
    },
    spec: {
      reason: 'not done yet',
      duration: '2h',
      once: true,
      exec: { pod: 'web-0', container: 'app', command: ['id'] },
    },
  })
})

test('it keeps the duration and the reason, and the pod that a template chose', () => {
  const templateRef = { kind: 'AccessTemplate', name: 'web' } as const

  expect(extension(pending(aRequest({ templateRef, exec: {} })), {})).toMatchObject({
    metadata: { generateName: 'look-' },
    spec: { templateRef, reason: 'OPS-42', duration: '1h', exec: { pod: 'web-0' } },
  })
})

test('of a shell it names no pod', () => {
  const { exec: _exec, ...spec } = aRequest({ templateRef: { kind: 'AccessTemplate', name: 'web' }, shell: {} }).spec

  expect(extension({ ...pending(), spec }, {}).spec).not.toHaveProperty('exec')
})
