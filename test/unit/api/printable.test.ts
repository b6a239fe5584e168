import { expect, test } from '@jest/globals'
import { printable } from '../../../src/api/printable.ts'

test.each([
  ['escape sequences', '\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
  ['line breaks', 'a\r\nb', 'a\\u000d\\u000ab'],
  ['bidirectional overrides', 'a\u202eb', 'a\\u202eb'],
  ['C1 controls', 'a\u009bb', 'a\\u009bb'],
  ['line and paragraph separators', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['what cannot be seen', 'a\u200bb\u00adc\u{e0041}d', 'a\\u200bb\\u00adc\\u{e0041}d'],
  [
    'letters and marks without ink',
    'a\u3164b\u115fc\u034fd\ufe0fe\u2800f',
    'a\\u3164b\\u115fc\\u034fd\\ufe0fe\\u2800f',
  ],
  ['half characters', 'a\ud83db', 'a\\ud83db'],
])('%s are shown, not obeyed', (_title, value, shown) => {
  expect(printable(value)).toBe(shown)
})

test('ordinary text stays as it is', () => {
  expect(printable('Jürgen O’Neill 日本 👩')).toBe('Jürgen O’Neill 日本 👩')
})

test('a long value is cut', () => {
  expect(printable('x'.repeat(1_000))).toHaveLength(301)
})

test('a cut halves no character: the API server would store another, and the status never be as it should', () => {
  expect(printable('x'.repeat(299) + '👩'.repeat(10)).isWellFormed()).toBe(true)
})
