import { expect, test } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { pages } from '../fixtures/documents.ts'

const text = pages.find(({ file }) => file === 'docs/threat-model.md')?.text ?? ''
const sections = text.split(/^## /m).slice(1)
const named = [...text.matchAll(/^- `(test\/[^`]+)`: `([^`]+)`$/gm)].map(([, file = '', title = '']) => ({
  file,
  title,
}))

/** True if a test, or a group or row of tests, has this title. */
function holds({ file, title }: { readonly file: string; readonly title: string }): boolean {
  if (!existsSync(file)) return false
  const code = readFileSync(file, 'utf8')
  return ["'", '"', '`'].some((quote) => code.includes(`${quote}${title}${quote}`))
}

test('each threat of the model of SIG Security has a section, in order', () => {
  const ids = sections.map((section) => /^Threat ID (\d+): /.exec(section)?.[1])

  expect(ids).toEqual(Array.from({ length: 18 }, (_, index) => String(index + 1)))
})

test('each threat names a test', () => {
  expect(sections.filter((section) => !section.includes('\n- `test/'))).toEqual([])
})

test('each test that is named is there', () => {
  expect(named.length).toBeGreaterThanOrEqual(18)
  expect(named.filter((one) => !holds(one))).toEqual([])
})
