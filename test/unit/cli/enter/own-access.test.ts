import { expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { AnyTemplate } from '../../../../src/api/kinds/access-template.ts'
import type { TemplateRef } from '../../../../src/api/kinds/access-request-spec.ts'
import type { ExecAccess } from '../../../../src/api/kinds/access/exec-access.ts'
import { ownAccess } from '../../../../src/cli/enter/own-access.ts'
import { active, anExecTemplate, aRequest, pending } from '../../../fixtures/example-access.ts'

const id: ExecAccess = { command: ['id'], container: 'app' }

const templates = new Map<string, AnyTemplate>([['AccessTemplate/web', anExecTemplate()]])

const found = (
  requests: readonly AccessRequest[],
  ask = id,
  isSpent = false,
  under?: TemplateRef,
): string | undefined =>
  ownAccess(requests, templates, {
    where: { is: 'name', name: 'web-0' },
    pods: ['web-0'],
    container: 'app',
    asks: [ask],
    duration: undefined,
    image: undefined,
    ...{ isSpent, under },
  })?.request.metadata.name

const named = (
  name: string,
  exec: Partial<ExecAccess> = {},
  creationTimestamp = '2026-11-21T11:59:00Z',
): AccessRequest =>
  aRequest({ exec: { pod: 'web-0', container: 'app', command: ['id'], ...exec } }, { name, creationTimestamp })

test('a request that waits is waited for, the newest first', () => {
  const [old, newer] = [pending(named('old')), pending(named('newer', {}, '2026-11-21T12:59:00Z'))]

  expect(found([newer, old])).toBe('newer')
  expect(found([named('unresolved')])).toBe('unresolved')
})

test('an access that is granted comes first, unless the gate says that it is spent', () => {
  const requests = [active(named('granted')), pending(named('waiting'))]

  expect(found(requests)).toBe('granted')
  expect(found(requests, id, true)).toBe('waiting')
})

test.each([
  ['another pod', pending({ ...named('x'), spec: { ...named('x').spec, exec: { pod: 'web-1', command: ['id'] } } })],
  ['another command', pending(named('x', { command: ['id', '-u'] }))],
])('a request for %s does not count', (what, request) => {
  const elsewhere = { ...request, status: { ...request.status, ...(what === 'another pod' && { target: undefined }) } }

  expect(found([elsewhere as AccessRequest])).toBeUndefined()
})

test.each([
  ['input', { ...id, stdin: true }],
  ['a terminal', { ...id, tty: true }],
  ['another container', { ...id, container: 'side' }],
  ['port-forward', { subresources: ['portforward'] }],
  ['debug containers', { debug: true }],
] as const)('a request without %s does not count', (_what, ask) => {
  expect(found([pending(named('x'))], ask as ExecAccess)).toBeUndefined()
})

test('a request for any command counts for each', () => {
  const { command: _command, ...exec } = named('any').spec.exec ?? {}

  expect(found([pending({ ...named('any'), spec: { ...named('any').spec, exec } })])).toBe('any')
})

test('a request that has ended, or was revoked, does not count', () => {
  const ended = active(named('ended'))
  const revoked = named('revoked')

  expect(
    found([
      { ...ended, status: { ...ended.status, phase: 'Expired' } },
      pending({ ...revoked, spec: { ...revoked.spec, revoked: {} } }),
    ]),
  ).toBeUndefined()
})

test('a request counts only under the template that the user named', () => {
  const named = (name: string): TemplateRef => ({ kind: 'AccessTemplate', name })
  const under = pending(aRequest({ templateRef: named('web') }))

  expect(found([pending()], id, false, named('web'))).toBeUndefined()
  expect(found([under], id, false, named('web'))).toBe('look')
  expect(found([under], id, false, named('other'))).toBeUndefined()
  expect(found([under], id, false, { kind: 'ClusterAccessTemplate', name: 'web' })).toBeUndefined()
})
