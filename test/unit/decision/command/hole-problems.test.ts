import { expect, test } from '@jest/globals'
import type { Hole } from '../../../../src/api/hole.ts'
import { holeProblems } from '../../../../src/decision/command/hole-problems.ts'

const path: Hole = { name: 'path', pattern: '/var/log/[a-z]+' }
const problems = (commands: readonly (readonly string[])[], ...holes: readonly Hole[]): readonly string[] =>
  holeProblems(
    { commands, ...(holes.length > 0 && { holes }) },
    { holes: 'spec.access.exec.holes', command: (index) => `spec.access.exec.commands[${index}]` },
  )

test('commands without a fault', () => {
  expect(problems([['cat', '<path>'], ['tail', '<path>'], ['id']], path)).toEqual([])
  expect(problems([['cat', '<path>', '<path>', '<other>']])).toEqual([])
  expect(problems([['grep', '< a >', '<', '<>', 'a<path>', '<path>']], path)).toEqual([])
})

test.each<[string, string, Parameters<typeof problems>]>([
  [
    'a pattern that does not compile',
    'spec.access.exec.holes[0].pattern is not an RE2 expression: missing closing ): `(`',
    [[['cat', '<path>']], { name: 'path', pattern: '(' }],
  ],
  [
    'a pattern that costs too much',
    'spec.access.exec.holes[0].pattern is not an RE2 expression: it repeats too much: use smaller numbers in {}, or * and +',
    [[['cat', '<path>']], { name: 'path', pattern: '.{0,1000}' }],
  ],
  [
    'a hole that no command has',
    'spec.access.exec.holes[1] is used by no command: none has the word <level>',
    [[['cat', '<path>']], path, { name: 'level', values: ['a'] }],
  ],
  [
    'a misspelt hole',
    'spec.access.exec.commands[1][1] is <pth>, but no hole has that name. For the very word, use a hole with values',
    [
      [
        ['cat', '<path>'],
        ['cat', '<pth>'],
      ],
      path,
    ],
  ],
  [
    'a hole twice in one command',
    'spec.access.exec.commands[0] has <path> twice: use two holes',
    [[['diff', '<path>', '<path>']], path],
  ],
])('%s', (_title, text, written) => {
  expect(problems(...written)).toEqual([text])
})

const beyond = (index: number): unknown =>
  expect.stringContaining(`spec.access.exec.holes[${index}].pattern repeats too much together with the patterns before`)

test.each([
  ['in one command', [['x', '<a>', '<b>']], [beyond(1)]],
  [
    'of one hole in several commands',
    [
      ['x', '<a>'],
      ['y', '<a>'],
    ],
    [beyond(0)],
  ],
])('patterns that cost too much together: %s', (_title, commands, expected) => {
  const holes = ['a', 'b'].map((name): Hole => ({ name, pattern: '(.?.?.?){120}.*' }))
  const used = holes.filter(({ name }) => commands.flat().includes(`<${name}>`))

  expect(problems(commands, ...used)).toEqual(expected)
})
