import { describe, expect, test } from '@jest/globals'
import { describeRequest } from '../../../src/cli/describe-request.ts'
import { aRequest, pending } from '../../fixtures/example-access.ts'

const lineOf = (text: string, title: string): string | undefined =>
  text.split('\n').find((line) => line.trimStart().startsWith(`${title}:`))

test('an approver reads who asks for what, where, for how long and why', () => {
  const text = describeRequest(pending(aRequest({ once: true })), '10m')

  expect(text.split('\n').map((line) => line.trim().split(/: +/))).toEqual([
    ['request', 'look in namespace shop'],
    ['who', 'alice'],
    ['pod', 'web-0 on node node-0'],
    ['container', 'app'],
    ['image', 'shop/web:1'],
    ['image ID', 'sha256:aa'],
    ['command', 'id'],
    ['reason', 'OPS-42'],
    ['duration', '10m, shortened from 1h'],
    ['uses', 'one'],
    ['phase', 'Pending'],
    ['digest', pending(aRequest({ once: true })).status?.shortDigest],
  ])
})

test('no command is any command, loudly', () => {
  expect(lineOf(describeRequest(aRequest({ exec: { pod: 'web-0' } })), 'command')).toContain('ANY COMMAND')
})

test('each role is read, and where it is given', () => {
  const { exec: _exec, ...spec } = aRequest().spec
  const request = { ...aRequest(), spec: { ...spec, role: {} } }
  const view = { kind: 'ClusterRole', name: 'view' } as const
  const bindings = [{ roleRef: view, namespace: 'shop' }, { roleRef: view }]

  expect(lineOf(describeRequest(request), 'roles')).toContain('those of the template')
  const text = describeRequest({ ...request, status: { bindings } })
  expect(text).toContain('role:       ClusterRole view in namespace shop\n')
  expect(text).toContain('role:       ClusterRole view in all namespaces\n')
})

test('a duration that its template decides is not told as another', () => {
  const { duration, ...spec } = aRequest({ templateRef: { kind: 'AccessTemplate', name: 'web' } }).spec

  expect(lineOf(describeRequest({ ...aRequest(), spec }), 'duration')).toContain('as long as its template says')
})

describe('nobody hides anything', () => {
  test('behind its length', () => {
    const command = ['sh', '-c', `${'true;'.repeat(3_000)}rm -rf /`]

    expect(describeRequest(aRequest({ exec: { pod: 'web-0', command } }))).toContain('rm -rf /')
  })

  test.each(['reason', 'who', 'command'])('in a terminal, by the field %s', (title) => {
    const hostile = 'x\u001b[2J\r\n  command:    ls\u202e'
    const request = aRequest({
      reason: hostile,
      requestor: { username: hostile },
      exec: { pod: 'web-0', command: [hostile] },
    })

    const text = describeRequest(request)

    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
    expect(text.split('\n').filter((line) => line.trimStart().startsWith('command:'))).toHaveLength(1)
    expect(lineOf(text, title)).toContain('\\u001b[2J')
  })

  test('in a field that this program does not know', () => {
    const newer = { ...aRequest().spec, sidecar: 'rootkit' }

    expect(lineOf(describeRequest(aRequest(newer)), 'spec.sidecar')).toContain('"rootkit"')
  })
})
