import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { shownCommand } from '../../../../src/cli/output/shown-command.ts'

test.each([
  ['plain words', ['cat', '/etc/app.yaml'], 'cat /etc/app.yaml'],
  ['words with spaces', ['sh', '-c', 'a b'], "sh -c 'a b'"],
  ['a word that looks like a hole', ['cat', '<path>'], "cat '<path>'"],
  ['a hole', ['cat', { name: 'path', values: ['/etc/app.yaml'] }], 'cat <path>'],
  ['an empty word', ['a', ''], "a ''"],
  ['escape sequences', ['\u001b[2J'], "$'\\u001b[2J'"],
  ['a backslash that only looks like one', ['\\u001b'], "'\\u001b'"],
  ['line breaks', ['a\nb'], "$'a\\nb'"],
  ['what takes no ink', ['l\u200bs'], "$'l\\u200bs'"],
  ['letters and marks that take none', ['a\u3164b\u034fc\u2800'], "$'a\\u3164b\\u034fc\\u2800'"],
  ['a space that is none', ['a\u00a0b'], "$'a\\u00a0b'"],
  ['half a character', ['\ud800'], "$'\\ud800'"],
])('%s', (_what, argv, shown) => {
  expect(shownCommand(argv)).toBe(shown)
})

test('different commands never look alike, and no character is unseen', () => {
  const word = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom("'", '\\', "$'", '\n', '\\n', ' '))
  const hole = fc.constantFrom('path', 'b').map((name) => ({ name, values: ['x'] }))
  const argv = fc.array(fc.oneof(word, fc.constant('<path>'), hole), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(argv, argv, (one, other) => {
      expect(shownCommand(one) === shownCommand(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      expect(shownCommand(one)).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u)
    }),
  )
})

test('bash reads back what was shown', () => {
  const argv = ['sh', '-c', "it's\n\t\u001b[1m", 'a\\b', "$'x'", '日本', 'z\u200b']

  const read = execFileSync('bash', ['-c', `printf '%s\\0' ${shownCommand(argv)}`], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })

  expect(read.split('\0').slice(0, -1)).toEqual(argv)
})
