import { describe, expect, test } from '@jest/globals'
import { proseOfCode, proseOfMarkdown } from '../../../scripts/english/prose.ts'
import { hardSentences, isFragment } from '../../../scripts/english/sentence-rules.ts'

const rulesOf = (text: string): readonly string[] => hardSentences(text).map(({ rule }) => rule.split(':')[0] ?? '')

describe('a sentence is hard to read', () => {
  test.each([
    ['Whoever asks may wait.', '"whoever"'],
    ['This is no name.', '"is no X"'],
    ['Pods of which none runs are left out.', '"of which" or "of whom"'],
    ['The name by which it is found stays.', '"by which"'],
    ['The controller alone writes it.', '"alone"'],
    ['What ends does so by this.', '"What … is"'],
    [`It ${'very '.repeat(25)}long.`, 'more than 25 words'],
  ])('%s', (sentence, rule) => {
    expect(rulesOf(`It is fine. ${sentence} So is this.`)).toEqual([rule])
  })

  test.each([
    'It is no longer there.',
    'Clouds leave it alone.',
    'What is an access?',
    'Run `whoever is no alone`.',
    `Run \`${'word '.repeat(30)}\`.`,
  ])('but not: %s', (sentence) => {
    expect(rulesOf(sentence)).toEqual([])
  })
})

test.each([
  ['What a call holds.', true],
  ['True if it ended.', false],
  ['Returns the pod.', false],
])('%j as a doc comment is a fragment: %p', (comment, fragment) => {
  expect(isFragment(comment)).toBe(fragment)
})

test('code has texts, comments of several lines, and doc comments, each with its line', () => {
  const code = [
    '// One',
    '// comment.',
    '/** Returns it. @param x a thing */',
    'const name = "a short name"',
    'const text = `Pod ${name} does not run.`',
  ]

  expect(proseOfCode('a.ts', code.join('\n'))).toEqual({
    comments: [{ line: 1, text: 'One\ncomment.' }],
    docComments: [{ line: 3, text: 'Returns it. \u2029a thing' }],
    texts: [{ line: 5, text: 'Pod `…` does not run.' }],
  })
})

test('a page has paragraphs, items and cells, and no headings and code', () => {
  const page = ['# A page', '', 'Two', 'lines.', '', '- An item.', '', '```sh', 'run', '```', '| a | b |', '| - | - |']

  expect(proseOfMarkdown(page.join('\n')).map(({ text }) => text)).toEqual(['Two lines.', 'An item.', 'a', 'b'])
})
