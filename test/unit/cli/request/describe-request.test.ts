import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { describeRequest, type DescriptionContext } from '../../../../src/cli/request/describe-request.ts'
import { active, aRequest, anExecTemplate, aTemplate, pending, imageIDOfPod } from '../../../fixtures/example-access.ts'

const noon = new Date(2026, 10, 21, 12).getTime()

const lineOf = (text: string, title: string): string | undefined =>
  text.split('\n').find((line) => line.trimStart().startsWith(`${title}:`))

test('an approver reads who asks for what, where, for how long and why', () => {
  const text = describeRequest(pending(aRequest({ once: true })), { shortened: '10m', now: noon })

  expect(text.split('\n').map((line) => line.trim().split(/: +/))).toEqual([
    ['request', 'look in namespace shop'],
    ['who', 'alice'],
    ['pod', 'web-0 on node node-0'],
    ['container', 'app'],
    ['image', 'shop/web:1'],
    ['image ID', imageIDOfPod],
    ['command', 'id'],
    ['reason', 'OPS-42'],
    ['duration', '10m, shortened from 1h, until about 12:10'],
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

describe('for how long, and until when', () => {
  const { duration: _left, ...spec } = aRequest({ templateRef: { kind: 'AccessTemplate', name: 'web' } }).spec
  const untimed = { ...aRequest(), spec }
  const template = aTemplate({ duration: { default: '30m', max: '2h' } })
  const { templateRef: _none, ...direct } = spec

  test.each<[string, AccessRequest, DescriptionContext, string]>([
    ['as it asks', aRequest(), {}, '1h, until about 13:00'],
    ['as its template says', untimed, { template }, '30m (from template), until about 12:30'],
    ['as a template says that nobody can read', untimed, {}, "the template's default"],
    ['by default', { ...aRequest(), spec: direct }, {}, '1h (by default), until about 13:00'],
    [
      'from its beginning',
      aRequest({ startAt: new Date(noon + 86_400_000).toISOString() }),
      {},
      '1h, until about Sun 2026-11-22 13:00',
    ],
    [
      'as it runs',
      { ...active(), status: { ...active().status, expiresAt: new Date(noon).toISOString() } },
      {},
      '1h, until 12:00',
    ],
    ['that is over', { ...pending(), status: { ...pending().status, phase: 'Denied' } }, {}, '1h'],
  ])('%s', (_title, request, context, shown) => {
    expect(lineOf(describeRequest(request, { ...context, now: noon }), 'duration')?.trim()).toBe(`duration:   ${shown}`)
  })
})

test('a request that extends another names it, as something that the requestor says', () => {
  const extended = aRequest({}, { annotations: { 'access.sallyport.dev/extends': 'look\u001b[2J' } })

  expect(lineOf(describeRequest(extended), 'extends')).toContain('look\\u001b[2J, as its requestor says')
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

describe('under a template', () => {
  const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
  const { exec, ...spec } = aRequest({ templateRef, shell: { resources: { cpu: '500m' } } }).spec
  const shell = pending({ ...aRequest(), spec })

  test('an approver reads what it offers where the request names nothing, who wrote it and what it demands', () => {
    const challenges = [{ peerReview: { count: 2, reviewers: [{ kind: 'Group' as const, name: 'sre' }] } }]
    const offer = {
      commands: [['id'], ['ls', '-l'], ['cat', '<path>']],
      holes: [{ name: 'path', values: ['/etc/hostname', '/etc/os-release'] }],
      subresources: ['log'] as ['log'],
      debug: { images: ['tools:1'], runAsUser: 0 },
    }
    const template = anExecTemplate(offer, { author: { username: 'carol', groups: [] }, challenges })
    const request = pending(aRequest({ templateRef, exec: { debug: true } }), template)

    const lines = describeRequest(request, { template }).split('\n')

    expect(lines.map((line) => line.trim().split(/: +/))).toEqual(
      expect.arrayContaining([
        ['command', 'id'],
        ['command', 'ls -l'],
        ['command', 'cat <path>'],
        ['where', '<path> must be "/etc/hostname" or "/etc/os-release"'],
        ['also', 'log'],
        ['debug', 'debug containers of tools:1, as user 0, for ANY COMMAND'],
        ['template', 'AccessTemplate web'],
        ['author', 'carol'],
        ['needs', 'approval by 2 of group sre'],
      ]),
    )
    expect(lineOf(lines.join('\n'), 'changed')).toBeUndefined()
  })

  test('that was changed since, that is said', () => {
    const template = aTemplate()
    const changed = { ...template, metadata: { ...template.metadata, generation: 2 } }

    expect(lineOf(describeRequest(pending(aRequest(), template), { template: changed }), 'changed')).toContain(
      'changed',
    )
  })

  test.each([
    ['AsAsked', undefined],
    ['Changed', "the cluster's admission added container proxy (image mesh:1)"],
    ['NoDryRun', 'no dry run can show it'],
  ])('a shell pod is told with what the cluster makes of it: %s', (reason, shown) => {
    const message = shown ?? 'the cluster makes the pod as it was asked for'
    const admitted = {
      type: 'PodAdmitted',
      status: 'True' as const,
      reason,
      message,
      lastTransitionTime: '2026-11-21T12:00:00Z',
    }
    const text = describeRequest({ ...shell, status: { ...shell.status, conditions: [admitted] } })

    expect(lineOf(text, 'admission')?.trim()).toBe(shown && `admission:  ${shown}`)
  })

  test('a shell is a pod for any command, with what it asks for', () => {
    const text = describeRequest(shell)

    expect(lineOf(text, 'shell')).toContain('pod web-0, container app')
    expect(lineOf(text, 'resources')).toContain('{"cpu":"500m"}')
    expect(lineOf(text, 'command')).toContain('ANY COMMAND')
  })
})

test('two accesses at once, as another version may have stored them, are shown as they are', () => {
  const text = describeRequest(aRequest({ exec: { pod: 'web-0' }, role: {} }))

  expect(lineOf(text, 'spec.exec')).toContain('{"pod":"web-0"}')
  expect(lineOf(text, 'spec.role')).toContain('{}')
})
