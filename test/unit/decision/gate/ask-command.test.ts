import { describe, expect, test } from '@jest/globals'
import { maxArguments } from '../../../../src/api/kinds/exec-access.ts'
import { askCommand } from '../../../../src/decision/gate/ask-command.ts'
import type { Exec } from '../../../../src/decision/gate/entry.ts'

const entry = (changes: Partial<Exec>): Exec => ({
  ...{ way: 'pods/exec', namespace: 'shop', name: 'web-0', container: 'app', stdin: false, tty: false },
  ...{ command: ['id'] },
  ...changes,
})

describe('a command that asks for what was tried', () => {
  test('has its words', () => {
    const command = ['sh', '-c', 'echo "$0"']

    expect(askCommand(entry({ command }))).toBe(
      `kubectl access request exec web-0 -n shop -c app --reason "…" -- sh -c 'echo "$0"'`,
    )
  })

  test.each([
    ['as many words as a request holds', maxArguments, 'x '.repeat(maxArguments).trim()],
    ['more words than a request holds', maxArguments + 1, 'COMMAND'],
  ])('of %s', (_title, words, shown) => {
    expect(askCommand(entry({ command: Array.from({ length: words }, () => 'x') }))).toMatch(
      new RegExp(` -- ${shown}$`),
    )
  })

  test.each(['', 'no/name', 'a'.repeat(64)])('leaves out a container that no pod has: %p', (container) => {
    expect(askCommand(entry({ container }))).toBe('kubectl access request exec web-0 -n shop --reason "…" -- id')
  })
})
