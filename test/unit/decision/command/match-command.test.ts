import { holeTexts } from '../../../../src/decision/command/command-text.ts'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Hole } from '../../../../src/api/hole.ts'
import { readCommands } from '../../../../src/decision/command/command.ts'
import { matchCommands, wrongWordsText } from '../../../../src/decision/command/match-command.ts'

const path: Hole = { name: 'path', pattern: '/var/log/[a-z]+' }
const level: Hole = { name: 'level', values: ['info', 'a b', '$(id)'] }
const lines: Hole = { name: 'lines', range: { min: -5, max: 100 } }

const written = (commands: readonly (readonly string[])[], ...holes: readonly Hole[]) =>
  readCommands({ commands, holes })
const isOne = (argv: readonly string[], ...commands: Parameters<typeof written>): boolean =>
  matchCommands(written(...commands), argv).matches
const fits = (hole: Hole, word: string): boolean => isOne(['x', word], [['x', `<${hole.name}>`]], hole)

describe('a word in a hole', () => {
  test.each<[string, Hole, string, boolean]>([
    ['that matches as a whole', path, '/var/log/app', true],
    ['elsewhere', path, '/etc/shadow', false],
    ['with a way up', path, '/var/log/../../etc/shadow', false],
    ['with more behind it', path, '/var/log/x; rm', false],
    ['with more before it', path, '-f/var/log/x', false],
    ['with a line break at its end', path, '/var/log/app\n', false],
    ['with a line break, where the pattern would take it', { name: 'any', pattern: '(?s).*' }, 'a\nb', false],
    ['with U+0000, where the pattern would take it', { name: 'any', pattern: '(?s).*' }, 'a\u0000', false],
    ['with U+202E', { name: 'any', pattern: '.*' }, 'a\u202eb', false],
    ['with half a character', { name: 'any', pattern: '.*' }, 'a\ud800', false],
    ['with what stands for bytes that are not text', { name: 'any', pattern: '.*' }, 'a\ufffd', false],
    ['with other letters', { name: 'any', pattern: '.*' }, 'Ä 日本 "$(id)"', true],
    ['that is empty, where the pattern takes it', { name: 'any', pattern: '.*' }, '', true],
    ['of 512 characters', { name: 'any', pattern: '.*' }, 'x'.repeat(512), true],
    ['of 1025 characters', { name: 'any', pattern: '.*' }, 'x'.repeat(513), false],
    ['of one alternative', { name: 'any', pattern: 'a|b' }, 'b', true],
    ['of two alternatives', { name: 'any', pattern: 'a|b' }, 'ab', false],
    ['that matches a tied pattern', { name: 'any', pattern: '^a$' }, 'a', true],
    ['on a line of its own', { name: 'any', pattern: '(?m)^a$' }, 'x\na', false],
    ['where the pattern closes our bracket', { name: 'any', pattern: 'a)|(?:.*' }, 'b', false],
    ['where the pattern does not compile', { name: 'any', pattern: '(' }, '(', false],
    ['that is listed', level, 'a b', true],
    ['that is not listed', level, 'debug', false],
    ['that is listed in other letters', level, 'INFO', false],
    ['at the least', lines, '-5', true],
    ['at the most', lines, '100', true],
    ['of nought', lines, '0', true],
    ['below the least', lines, '-6', false],
    ['above the most', lines, '101', false],
    ...['-0', '+1', '01', '1e1', '0x1', '1.0', ' 1', '1\n', '', '１', 'NaN', '9'.repeat(400)].map(
      (word): [string, Hole, string, boolean] => [
        `of no number: ${JSON.stringify(word.slice(0, 9))}`,
        lines,
        word,
        false,
      ],
    ),
    ['of a hole without a rule', { name: 'any' }, 'x', false],
    ['of a hole with two rules', { ...path, values: ['/var/log/app'] }, '/var/log/app', false],
  ])('%s', (_title, hole, word, expected) => {
    expect(fits(hole, word)).toBe(expected)
  })
})

describe('a command', () => {
  test.each<[string, boolean, readonly string[], Parameters<typeof written>]>([
    [
      'with all holes filled',
      true,
      ['tail', '-n', '5', '/var/log/a'],
      [[['tail', '-n', '<lines>', '<path>']], lines, path],
    ],
    ['with one hole filled wrongly', false, ['tail', '5', '/etc'], [[['tail', '<lines>', '<path>']], lines, path]],
    ['with two words in one hole', false, ['cat', '/var/log/a', '/etc/shadow'], [[['cat', '<path>']], path]],
    ['with the hole left out', false, ['cat'], [[['cat', '<path>']], path]],
    ['with the holes exchanged', false, ['x', '/var/log/a', '5'], [[['x', '<lines>', '<path>']], lines, path]],
    ['with the name of the hole', false, ['cat', '<path>'], [[['cat', '<path>']], path]],
    ['of another program', false, ['rm', '/var/log/a'], [[['cat', '<path>']], path]],
    [
      'of the second form',
      true,
      ['cat', '/etc/x'],
      [
        [
          ['cat', '<path>'],
          ['cat', '/etc/x'],
        ],
        path,
      ],
    ],
    ['that is written so, without holes', true, ['cat', '<path>'], [[['cat', '<path>']]]],
    ['for which a word looks like a hole, without holes', false, ['cat', '/var/log/a'], [[['cat', '<path>']]]],
    ['of no words', false, [], [[['cat', '<path>']], path]],
    ['that nothing offers', false, ['id'], [[]]],
  ])('%s: %p', (_title, expected, argv, commands) => {
    expect(isOne(argv, ...commands)).toBe(expected)
  })
})

test('the words that do not fit are told, with the rules of their holes', () => {
  const told = (argv: readonly string[], ...commands: Parameters<typeof written>): string => {
    const match = matchCommands(written(...commands), argv)
    return match.matches ? 'it matches' : wrongWordsText(match.wrong)
  }
  const tail = ['tail', '<lines>', '<path>']

  expect(told(['tail', '5', '/etc/shadow'], [tail], lines, path)).toBe(
    ': word 3 is <path>, which must match /var/log/[a-z]+ as a whole',
  )
  expect(told(['tail', 'x', '/etc/shadow'], [tail, ['tail', '<level>', '/etc/shadow']], lines, path, level)).toBe(
    ': word 2 is <lines>, which must be a whole number from -5 to 100; ' +
      'or word 2 is <level>, which must be "info" or "a b" or "$(id)"',
  )
  expect(told(['tail', '5', 'a\nb'], [tail], lines, path)).toBe(
    ': word 3 is <path>, which may hold only characters that can be seen, and no line break',
  )
  expect(told(['tail', '5', 'x'.repeat(513)], [tail], lines, path)).toContain('may have at most 512 characters')
  expect(told(['rm', '-rf', '/'], [tail], lines, path)).toBe('')
})

// RE2 and JavaScript mean the same by these patterns.
const patterns = ['[a-z]+', '/var/(log|tmp)/[a-z.]*', 'a|bc', '(a|b)?c*', '-?[0-9]{1,3}', '.', '[^/]+', '\\w+', 'x']

test('only a word that its hole allows makes a command match: nothing shifts from one word to another', () => {
  const piece = fc.constantFrom(
    ...'abcx/.-_ 19'.split(''),
    '/var/log/',
    '\n',
    '\u0000',
    '\u200b',
    '<path>',
    '..',
    '; rm',
  )
  const word = fc.oneof(
    fc.array(piece, { maxLength: 4 }).map((all) => all.join('')),
    fc.string({ maxLength: 3 }),
  )
  const place = fc.oneof(
    { weight: 2, arbitrary: word.map((text) => ({ text, pattern: undefined })) },
    { weight: 3, arbitrary: fc.constantFrom(...patterns).map((pattern) => ({ text: '', pattern })) },
  )
  const filled = fc.array(fc.tuple(place, word, fc.boolean()), { minLength: 1, maxLength: 4 })
  let matched = 0

  fc.assert(
    fc.property(filled, fc.constantFrom(0, 0, 0, 1, -1), (places, more) => {
      const holes = places.flatMap(([{ pattern }], index) => (pattern ? [{ name: `h${index}`, pattern }] : []))
      const command = places.map(([{ text, pattern }], index) => (pattern ? `<h${index}>` : text))
      const typed = places.map(([{ text, pattern }, other, same]) => (!pattern && same ? text : other))
      const argv = more > 0 ? [...typed, 'x'] : typed.slice(0, typed.length + more)
      const expected =
        more === 0 &&
        places.every(([{ text, pattern }], index) => {
          const given = argv[index] ?? ''
          if (!pattern) return given === text
          return new RegExp(`^(?:${pattern})$`, 'u').test(given) && /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]*$/u.test(given)
        })
      matched += Number(expected)
      expect(isOne(argv, [command], ...holes)).toBe(expected)
    }),
    { numRuns: 3_000 },
  )
  expect(matched).toBeGreaterThan(50)
})

const heavy = '(.?.?.?){120}.*'

test('what all patterns of a template cost is bounded, and what lies beyond the bound matches nothing', () => {
  const holes = Array.from({ length: 16 }, (_, index): Hole => ({ name: `h${index}`, pattern: heavy }))
  const command = holes.map(({ name }) => `<${name}>`)

  const match = matchCommands(
    written([command], ...holes),
    holes.map(() => 'x'.repeat(512)),
  )

  expect(match).toMatchObject({ matches: false, wrong: [{ place: 2 }] })
})

test('a pattern costs once for each place where it is matched, and nothing after a command that fits', () => {
  const holes: readonly Hole[] = [
    { name: 'any', pattern: heavy },
    { name: 'no', pattern: 'never' },
    { name: 'all', pattern: '.*' },
  ]
  const [wrong, right] = [
    ['x', '<any>', '<no>'],
    ['x', '<any>', '<all>'],
  ]
  const argv = ['x', 'a', 'b']

  expect(isOne(argv, [right], ...holes)).toBe(true)
  expect(isOne(argv, [right, wrong], ...holes)).toBe(true)
  expect(isOne(argv, [wrong, right], ...holes)).toBe(false)
})

test('all values of a hole are told', () => {
  const values = Array.from({ length: 64 }, (_, index) => `/var/log/service-number-${index}.log`)

  expect(holeTexts(written([['cat', '<file>']], { name: 'file', values }))).toEqual([
    expect.stringMatching(/number-0\.log".*number-63\.log"$/),
  ])
})
