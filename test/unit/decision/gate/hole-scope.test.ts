import { describe, expect, test } from '@jest/globals'
import type { Deny } from '../../../../src/decision/decision.ts'
import { outOfScope } from '../../../../src/decision/gate/access-scope.ts'
import { scopeOf } from '../../../../src/decision/kinds/access-kinds.ts'
import { active, anExecTemplate, aPod, aRequest } from '../../../fixtures/example-access.ts'

const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
const template = anExecTemplate({
  commands: [['cat', '<path>'], ['id']],
  holes: [{ name: 'path', pattern: '/var/log/[a-z]+|\ufffd' }],
})

/** Tries a command with an access under the template. @param asked The command that was approved. */
function tried(asked: string[] | undefined, command: readonly string[]): Deny | undefined {
  const request = active(aRequest({ templateRef, exec: { pod: 'web-0', ...(asked && { command: asked }) } }), template)
  const scope = scopeOf(request.spec, template)
  const { target } = request.status ?? {}
  if (!scope || !target) throw new Error('the request gives nothing')
  const exec = { way: 'pods/exec', namespace: 'shop', name: 'web-0', container: 'app' } as const
  return outOfScope(
    { scope, target, pod: aPod(), debug: undefined, taskRun: undefined },
    { ...exec, command, stdin: false, tty: false },
  )
}

describe('a request that names a command is for its words, and for no other that the hole takes', () => {
  test.each<[readonly string[], boolean]>([
    [['cat', '/var/log/app'], true],
    [['cat', '/var/log/web'], false],
    [['cat', '<path>'], false],
    [['id'], false],
  ])('%j: %p', (command, isLetIn) => {
    expect(tried(['cat', '/var/log/app'], command) === undefined).toBe(isLetIn)
  })
})

describe('a request that names none is for all that the template offers', () => {
  test.each<[readonly string[], boolean]>([
    [['cat', '/var/log/app'], true],
    [['cat', '/var/log/web'], true],
    [['id'], true],
    [['cat', '/etc/shadow'], false],
    [['cat', '/var/log/app', '/etc/shadow'], false],
    [['cat', '/var/log/app\n'], false],
    [['cat', '<path>'], false],
    // It could be any byte.
    [['cat', '\ufffd'], false],
  ])('%j: %p', (command, isLetIn) => {
    expect(tried(undefined, command) === undefined).toBe(isLetIn)
  })

  test('the denial names the word, the hole and its rule', () => {
    expect(tried(undefined, ['cat', '/etc/shadow'])?.message).toContain(
      'This access to pod shop/web-0 is for the command cat <path> or id, not for cat /etc/shadow: ' +
        'word 2 is <path>, which must match /var/log/[a-z]+|\ufffd as a whole (E_NOT_ASKED)',
    )
  })
})
