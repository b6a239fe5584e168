import { describe, expect, test } from '@jest/globals'
import { compilePattern } from '../../../src/decision/pattern.ts'

function matches(source: string, text: string): boolean {
  const compiled = compilePattern(source)
  if ('problem' in compiled) throw new Error(compiled.problem)
  return compiled.pattern.matches(text)
}

test.each<[string, string, boolean]>([
  ['^OPS-\\d+ ', 'OPS-42 stuck queue', true],
  ['^OPS-\\d+ ', 'see OPS-42 ', false],
  ['^OPS-\\d+ ', 'x\nOPS-42 ', false],
  ['OPS-\\d+', 'see OPS-42', true],
  ['^\\p{Lu}', 'Élan', true],
  ['(?i)^ops', 'OPS', true],
  ['', 'anything', true],
])('%s on %j', (source, text, expected) => {
  expect(matches(source, text)).toBe(expected)
})

describe('is refused, and why', () => {
  test.each<[string, string]>([
    ['(a', 'missing closing ): `(a`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['((a{100}){100}){100}', 'invalid repeat count'],
    ['(.{0,1000}x)', 'it repeats too much'],
    ['a'.repeat(257), 'it is longer than 256 characters'],
  ])('%s', (source, problem) => {
    expect(compilePattern(source)).toEqual({ problem: expect.stringContaining(problem) })
  })
})

// JavaScript's own RegExp takes seconds for each of these, or does not end.
test.each(['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '^(.*a){20}$', '^([a-z]+)*!'])('%s does not hang', (source) => {
  const before = performance.now()

  expect(matches(source, `${'a'.repeat(2_047)}b`)).toBe(false)

  expect(performance.now() - before).toBeLessThan(1_000)
})
