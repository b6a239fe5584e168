import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import { shellWords } from '../../../../src/decision/text/argv.ts'

test('a shell reads back the words that were given', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 30, unit: 'grapheme-ascii' }), { minLength: 1, maxLength: 5 }),
      (argv) => {
        const text = shellWords(argv)
        fc.pre(text !== undefined)

        const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${text}`], { encoding: 'utf8' })

        expect(stdout.split('\0').slice(0, -1)).toEqual(argv)
      },
    ),
    { numRuns: 50 },
  )
})

test.each([
  ['control characters', ['echo', '\u001b[2J']],
  ['more than anybody reads', ['echo', 'x'.repeat(500)]],
])('%s are not offered for pasting', (_title, argv) => {
  expect(shellWords(argv)).toBeUndefined()
})
