import { describe, expect, test } from '@jest/globals'
import type { ExecAccess } from '../../../../src/api/kinds/access/exec-access.ts'
import { needsOfOffer, scopeOf } from '../../../../src/decision/kinds/access-kinds.ts'
import type { ExecScope } from '../../../../src/decision/kinds/exec/exec-scope.ts'
import { aTemplate } from '../../../fixtures/example-template.ts'

const offering = (offered: object) =>
  aTemplate({ access: { exec: { target: { kind: 'Deployment', name: 'web' }, ...offered } } })
const nothing: ExecScope = { commands: undefined, stdin: false, tty: false, subresources: [] }

describe('an exec request gives', () => {
  test.each<[string, ExecAccess, object | undefined, Partial<ExecScope>]>([
    ['any command where it names none', {}, undefined, {}],
    ['the command that it names', { command: ['id'] }, undefined, { commands: [['id']] }],
    [
      'all commands of its template where it names none',
      {},
      { commands: [['id'], ['ls']] },
      { commands: [['id'], ['ls']] },
    ],
    [
      'no other of its template than it names',
      { command: ['id'] },
      { commands: [['id'], ['ls']] },
      { commands: [['id']] },
    ],
    [
      'the holes of its template where it names no command',
      {},
      { commands: [['cat', '<path>']], holes: [{ name: 'path', pattern: '/var/log/[a-z]+' }] },
      { commands: [['cat', { name: 'path', pattern: '/var/log/[a-z]+' }]] },
    ],
    [
      'the very word that it names, and no hole',
      { command: ['cat', '<path>'] },
      { commands: [['cat', '<path>']], holes: [{ name: 'path', pattern: '.*' }] },
      { commands: [['cat', '<path>']] },
    ],
    ['input and a terminal only where it asks', { stdin: true, tty: true }, {}, { stdin: true, tty: true }],
    ['the subresources of its template', {}, { subresources: ['log'] }, { subresources: ['log'] }],
    ['none of them where it names none', { subresources: [] }, { subresources: ['log'] }, { subresources: [] }],
  ])('%s', (_title, exec, offered, scope) => {
    expect(scopeOf({ exec }, offered && offering(offered))).toEqual({ ...nothing, ...scope })
  })
})

test('in a pod of one’s own everything may be done, and its logs be read', () => {
  const scope = { commands: undefined, stdin: true, tty: true, subresources: ['log'] }

  expect(scopeOf({ shell: {} }, aTemplate({ access: { shell: {} } }))).toEqual(scope)
})

test('what asks for neither gives nothing', () => {
  expect(scopeOf({}, undefined)).toBeUndefined()
})

describe('a template that does not offer just what is asked', () => {
  const exec = { target: { kind: 'Deployment', name: 'web' }, commands: [['id']] }

  test.each([
    ['another access', { shell: {} }],
    ['none that is known', {}],
    // The schema refuses it, but another version may have stored it.
    ['two at once', { exec, shell: {} }],
  ])('gives nothing where it offers %s', (_title, access) => {
    expect(scopeOf({ exec: {} }, aTemplate({ access }))).toBeUndefined()
  })

  test.each([
    ['none', {}],
    ['two', { exec, shell: {} }],
  ])('is refused where it offers %s', (_title, access) => {
    const nothingFound = () => ({ problems: [], dangers: [] })

    expect(needsOfOffer(access, nothingFound, 'shop').problems).toEqual([
      'spec.access: exactly one access must be offered: exec, shell, role, task',
    ])
  })
})
