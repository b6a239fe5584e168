import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import type { AuditEvent } from '../../../../src/api/audit-event.ts'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { TaskResult } from '../../../../src/api/kinds/access/task-result.ts'
import type { Phase } from '../../../../src/api/kinds/access-request-status.ts'
import { controllerEvent } from '../../../../src/audit/event/controller-event.ts'
import { checkEvent } from '../../../../src/audit/event/fitted-event.ts'
import { createRedactor } from '../../../../src/audit/event/redact.ts'
import { breachesOf } from '../../../fixtures/published-schema.ts'
import { anyAsked } from './sent-by-users.ts'

const origin = { source: '/test', now: 1_795_000_000_000 }
const redactor = createRedactor([
  { pattern: '(?i)(password|token)=', redacts: 'Word' },
  { pattern: '^--password$', redacts: 'NextWord' },
])
const alice = { username: 'alice', groups: ['dev'] }
const bob = { username: 'bob', groups: ['sre'] }

interface Told {
  readonly spec?: Partial<AccessRequest['spec']>
  readonly by?: typeof bob
  readonly approvers?: string
  readonly phase?: Phase
  readonly message?: string
  readonly summary?: string
  readonly task?: TaskResult
}

function told({
  spec = { exec: { pod: 'web-0' } },
  by,
  approvers,
  phase = 'Pending',
  message = 'waits',
  summary,
  task,
}: Told): AuditEvent {
  const request: AccessRequest = {
    apiVersion: 'access.sallyport.dev/v1alpha1',
    kind: 'AccessRequest',
    metadata: {
      ...{ namespace: 'shop', name: 'look', uid: 'r-1', resourceVersion: '7', generation: 1 },
      creationTimestamp: '2026-11-22T08:00:00Z',
    },
    spec: { requestor: alice, ...spec },
    status: { phase, message, ...(summary !== undefined && { summary }), ...(task && { task }) },
  }
  const event = controllerEvent({ what: 'phase', request, by, approvers }, origin, redactor)
  if (!event) throw new Error('there is no event')
  return event
}

/** All texts of a value, and the keys of its objects. */
function textsIn(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? Object.entries(value).flat().map(textsIn).join('') : ''
}

describe('actor is who did it, and requestor who asked', () => {
  test.each<[Phase, typeof bob | undefined]>([
    ['Pending', undefined],
    ['Approved', bob],
    ['Denied', bob],
    ['Active', undefined],
    ['Expired', undefined],
    ['Revoked', alice],
  ])('%s', (phase, by) => {
    const { data } = told({ phase, ...(by && { by }) })

    expect(data.actor).toEqual(by)
    expect(data.requestor).toEqual(alice)
  })
})

test.each<[Phase, string | undefined]>([
  ['Pending', '2 more of group sre'],
  ['Approved', undefined],
])('%s: whose approval it needs is told while it waits', (phase, approvers) => {
  expect(told({ phase, approvers: '2 more of group sre' }).data.approvers).toBe(approvers)
})

describe('what was asked is told', () => {
  test.each<[string, Partial<AccessRequest['spec']>, object]>([
    [
      'of an exec',
      {
        ...{ reason: 'OPS-42', duration: '30m', startAt: '2026-11-22T09:00:00Z', once: true },
        attributes: { ticket: 'OPS-42' },
        exec: { pod: 'web-0', container: 'app', command: ['id', '-u'], stdin: true, tty: false, subresources: ['log'] },
      },
      {
        ...{ access: 'exec', reason: 'OPS-42', duration: '30m', startAt: '2026-11-22T09:00:00Z', once: true },
        attributes: { ticket: 'OPS-42' },
        ...{ pod: 'web-0', container: 'app', command: ['id', '-u'], stdin: true, tty: false, subresources: ['log'] },
      },
    ],
    [
      'of a debug container',
      { templateRef: { kind: 'AccessTemplate', name: 'look' }, exec: { debug: true } },
      { access: 'exec', template: { kind: 'AccessTemplate', name: 'look' }, debug: true },
    ],
    [
      'of a shell pod',
      {
        templateRef: { kind: 'ClusterAccessTemplate', name: 'shell' },
        shell: { resources: { cpu: 1, memory: '1Gi' } },
      },
      {
        access: 'shell',
        template: { kind: 'ClusterAccessTemplate', name: 'shell' },
        resources: { cpu: 1, memory: '1Gi' },
      },
    ],
    [
      'of a role',
      { templateRef: { kind: 'AccessTemplate', name: 'view' }, role: {} },
      { access: 'role', template: { kind: 'AccessTemplate', name: 'view' } },
    ],
  ])('%s', (_of, spec, asked) => {
    expect(told({ spec }).data.asked).toEqual(asked)
  })

  test('with each field of a request', () => {
    fc.assert(
      fc.property(anyAsked, ({ spec }) => {
        const { asked } = told({ spec }).data
        const { templateRef, attributes = {}, exec = {}, shell, role, ...others } = spec

        expect(
          Object.keys(asked ?? {})
            .filter((field) => field !== 'commandHash')
            .toSorted(),
        ).toEqual(
          [
            ...['access', ...Object.keys(others), ...Object.keys(exec), ...Object.keys(shell ?? role ?? {})],
            ...(templateRef ? ['template'] : []),
            ...(Object.keys(attributes).length > 0 ? ['attributes'] : []),
          ].toSorted(),
        )
      }),
    )
  })

  test('in an event that its schema takes, whatever is asked', () => {
    fc.assert(
      fc.property(anyAsked, ({ spec }) => {
        const event = told({ spec })

        expect(checkEvent(event)).toMatchObject({ ok: true })
        expect(breachesOf(event)).toEqual([])
        expect(event.data.unreadable).toBeUndefined()
        expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(131_072)
        expect(textsIn(event)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
        expect(JSON.stringify(event).isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('what the rules of the config withhold is told nowhere', () => {
  test.each<[string, Told, object]>([
    [
      'a command',
      { spec: { exec: { pod: 'web-0', command: ['mysql', '--password', 'hunter2'] } } },
      { asked: { access: 'exec', pod: 'web-0', command: ['mysql', '--password', '[redacted]'] } },
    ],
    ['a reason', { spec: { reason: 'try PASSWORD=hunter2 there', role: {} } }, { asked: { reason: '[redacted]' } }],
    [
      'a reason that quotes a command',
      { spec: { reason: "mysql --password 'hunter2'", role: {} } },
      { asked: { reason: '[redacted]' } },
    ],
    [
      'an attribute',
      { spec: { attributes: { ticket: 'OPS-42', Token: 'hunter2' }, role: {} } },
      { asked: { attributes: { ticket: 'OPS-42', Token: '[redacted]' } } },
    ],
    ['the words of an approver', { message: 'bob denied it: no TOKEN=hunter2' }, { message: '[redacted]' }],
  ])('%s', (_what, given, shown) => {
    const event = told(given)

    expect(event.data).toMatchObject(shown)
    expect(JSON.stringify(event)).not.toContain('hunter2')
  })

  test('a secret in a command that was cut cannot be found by a hash', () => {
    const { data } = told({ spec: { exec: { pod: 'web-0', command: ['TOKEN=1234', 'x'.repeat(4_096), 'y'] } } })

    expect(data.cut).toEqual([{ field: 'data.asked.command', length: 3 }])
    expect(data.asked).not.toHaveProperty('commandHash')
  })
})

test('attributes that are too long once they are escaped are cut, which is told once', () => {
  const attributes = { one: '\u001b'.repeat(512), other: '\u001b'.repeat(512), ticket: 'OPS-42' }
  const { data } = told({ spec: { attributes, role: {} } })

  expect(data.asked?.attributes?.['ticket']).toBe('OPS-42')
  expect(data.asked?.attributes?.['one']).toMatch(/^(\\u001b)+\\?u?0?…$/)
  expect(data.cut).toEqual([
    {
      field: 'data.asked.attributes',
      length: 3,
      hash: createHash('sha256').update(JSON.stringify(attributes)).digest('hex'),
    },
  ])
})

test('a command that is too long is cut, and has the hash of the whole', () => {
  const { data } = told({ spec: { exec: { pod: 'web-0', command: ['x'.repeat(4_096), 'y'] } } })

  expect(data.asked?.command?.at(-1)).toBe('…')
  expect(data.cut).toEqual([{ field: 'data.asked.command', length: 2, hash: data.asked?.commandHash }])
})

test('the summary shows no part of a secret that it cuts', () => {
  const command = ['echo', 'x'.repeat(110), 'TOKEN=1234']
  const { data } = told({
    spec: { exec: { pod: 'web-0', command } },
    summary: 'exec web-0/app: echo … TOK…',
  })

  expect(data.summary).toBe('[redacted]')
})

describe('a task', () => {
  const container = 'task-r-1'
  const outputSHA256 = 'a'.repeat(64)

  test('tells its exit code and output as fields, and not the output itself', () => {
    const task = { container, exitCode: 7, output: 'private', outputBytes: 7, outputSHA256 }
    const event = told({ spec: { task: {} }, phase: 'Failed', task })

    expect(event.data.task).toEqual({ container, exitCode: 7, outputBytes: 7, outputSHA256 })
    expect(textsIn(event)).not.toContain('private')
    expect(breachesOf(event)).toEqual([])
  })

  test('tells its exit code if its output was not read', () => {
    const task = { container, exitCode: 0, outputProblem: 'no log' }

    expect(told({ spec: { task: {} }, phase: 'Completed', task }).data.task).toEqual({ container, exitCode: 0 })
  })

  test.each([
    ['by the name of the parameter', { password: 'hunter2' }],
    ['by its own words', { word: 'token=hunter2' }],
  ])('shows no value that is withheld %s, in no text', (_title, parameters) => {
    const [value = ''] = Object.values(parameters)
    const event = told({
      spec: { task: { parameters } },
      summary: `task web-0/app: login ${value.slice(0, 12)}`,
      message: `a policy refused login ${value}`,
    })

    expect(textsIn(event)).not.toContain('hunter2')
    expect(event.data.asked?.parameters).toEqual({ [Object.keys(parameters)[0] ?? '']: '[redacted]' })
    expect([event.data.summary, event.data.message]).toEqual(['[redacted]', '[redacted]'])
  })

  test('shows no value that a rule finds behind the flag of its name', () => {
    const byFlag = createRedactor([{ pattern: '^--key$', redacts: 'NextWord' }])

    expect(['key', 'keys'].map((name) => byFlag.value(name, 'x'))).toEqual(['[redacted]', 'x'])
  })

  test('tells the values that nothing withholds', () => {
    const parameters = { queue: 'mail', empty: '' }
    const { data } = told({ spec: { task: { parameters } }, summary: 'task web-0/app: flush mail', message: 'waits' })

    expect(data).toMatchObject({
      asked: { access: 'task', parameters },
      summary: 'task web-0/app: flush mail',
      message: 'waits',
    })
  })
})
