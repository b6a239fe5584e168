import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { execRequest } from '../../../src/cli/kinds/request-exec.ts'
import { generatedName } from '../../../src/cli/request/create-object.ts'
import { accessGrant } from '../../../src/cli/review/give-verdict.ts'
import { roleRequest } from '../../../src/cli/kinds/request-role.ts'
import { shellRequest } from '../../../src/cli/kinds/request-shell.ts'
import { pending } from '../../fixtures/example-access.ts'

describe('an AccessRequest', () => {
  test('has what was asked and nothing else', () => {
    expect(execRequest({ pod: 'web-0', reason: 'OPS-42', command: ['sh'] }, 'shop')).toEqual({
      metadata: { namespace: 'shop', generateName: 'exec-web-0-' },
      spec: { reason: 'OPS-42', exec: { pod: 'web-0', command: ['sh'] } },
    })
  })

  test('without a command names none', () => {
    expect(execRequest({ pod: 'web-0', reason: 'r' }, 'shop').spec).toEqual({ reason: 'r', exec: { pod: 'web-0' } })
  })

  test('has every option in its place', () => {
    const options = {
      pod: 'p',
      container: 'c',
      reason: 'r',
      duration: '5m',
      once: true,
      stdin: true,
      tty: true,
      subresource: ['attach'],
      attribute: { ticket: 'OPS-42' },
    }

    expect(execRequest({ ...options, name: 'look' }, 'shop')).toEqual({
      metadata: { namespace: 'shop', name: 'look' },
      spec: {
        reason: 'r',
        duration: '5m',
        attributes: { ticket: 'OPS-42' },
        once: true,
        exec: { pod: 'p', container: 'c', stdin: true, tty: true, subresources: ['attach'] },
      },
    })
  })
})

test('a request under a template names it, and a pod only where one was named', () => {
  expect(execRequest({ template: 'web', reason: 'r', debug: true }, 'shop')).toEqual({
    metadata: { namespace: 'shop', generateName: 'exec-web-' },
    spec: { templateRef: { kind: 'AccessTemplate', name: 'web' }, reason: 'r', exec: { debug: true } },
  })
})

test('a request for a shell has the amounts that were asked for', () => {
  const options = { clusterTemplate: 'web', reason: 'r', memory: '1Gi', ephemeralStorage: '2G' }

  expect(shellRequest(options, 'shop')).toEqual({
    metadata: { namespace: 'shop', generateName: 'shell-web-' },
    spec: {
      templateRef: { kind: 'ClusterAccessTemplate', name: 'web' },
      reason: 'r',
      shell: { resources: { memory: '1Gi', 'ephemeral-storage': '2G' } },
    },
  })
  expect(shellRequest({ template: 'web', reason: 'r' }, 'shop').spec).toMatchObject({ shell: {} })
})

test('a request for roles names the template, and there is nothing to choose', () => {
  expect(roleRequest({ template: 'on-call', reason: 'r' }, 'shop')).toEqual({
    metadata: { namespace: 'shop', generateName: 'role-on-call-' },
    spec: { templateRef: { kind: 'AccessTemplate', name: 'on-call' }, reason: 'r', role: {} },
  })
})

test('an AccessGrant is of the request that was shown, by its uid', () => {
  const verdict = { verdict: 'Approved', digest: '123456789abc', duration: '5m', message: undefined } as const

  expect(accessGrant(pending(), verdict)).toEqual({
    metadata: { namespace: 'shop', generateName: 'look-' },
    spec: {
      requestRef: { name: 'look', uid: 'request-1' },
      verdict: 'Approved',
      digest: '123456789abc',
      duration: '5m',
    },
  })
})

test('a generated name is one that the API server takes, however long its beginning', () => {
  const part = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?$/)
  const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'))
  fc.assert(
    fc.property(name, (beginning) => {
      const prefix = generatedName(beginning)
      expect(prefix.length).toBeLessThanOrEqual(58)
      expect(`${prefix}x7k2p`).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
    }),
  )
})
