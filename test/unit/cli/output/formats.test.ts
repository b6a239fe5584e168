import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { jsonText } from '../../../../src/cli/output/formats.ts'
import { yamlText } from '../../../../src/cli/output/yaml.ts'

const value = {
  reason: 'a\u009b2Jb\u202ec',
  'k\u200by': ['\u{e0041}', 'lines\nand\ttabs\n', 'x'.repeat(100) + ' \u{1f600}\u{e0041} ' + 'y'.repeat(100)],
  script: 'one\n\u001b[2J\r\ntwo',
  plain: 'Grüße, 日本',
}

test.each([
  ['JSON', jsonText, (text: string): unknown => JSON.parse(text)],
  ['YAML', yamlText, (text: string): unknown => parse(text)],
] as const)('%s has no character that a terminal obeys or hides, and means the same', (_what, write, read) => {
  const text = write(value)

  expect(text).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} \n\t]*$/u)
  expect(text).not.toMatch(/\p{Default_Ignorable_Code_Point}/u)
  expect(text).toContain('a\\u009b2Jb\\u202ec')
  expect(text).toContain('Grüße, 日本')
  expect(read(text)).toEqual(value)
})

test('YAML with plain characters looks as before', () => {
  expect(yamlText({ a: 'b c', d: 'x\ny\n' })).toBe('a: b c\nd: |\n  x\n  y')
})
