import { expect, test } from '@jest/globals'
import { parse, parseAllDocuments } from 'yaml'
import { leavesOf } from '../../../../src/cli/migrate/read/leaves.ts'
import { sourceOf } from '../../../../src/cli/migrate/sources.ts'
import { yamlText } from '../../../../src/cli/migrate/write/output.ts'
import { examples } from './examples.ts'

const made = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } }

test('a word that YAML 1.1 reads as something else is quoted, since kubectl reads that', () => {
  const words = ['yes', 'on', 'n', '1e3', '0777', '2026-11-22', '1:30', 'null', '~', '']

  const text = yamlText([{ ...made, words }], {})

  expect(parse(text, { version: '1.1' })).toMatchObject({ words })
})

test('the fields for the config are a comment at the head', () => {
  const text = yamlText([made, made], { exemptions: [{ why: 'x' }] })

  expect(text).toMatch(/^# Add this to the config/)
  expect(text).toContain('\n# exemptions:\n#   - why: x\n---\n')
  expect(parseAllDocuments(text).flatMap((one) => (one.toJS() as object | null) ?? [])).toEqual([made, made])
})

test('the page names each field of the examples', () => {
  const unnamed = examples.flatMap(({ documents }) => {
    const context = { objects: documents.map(({ object }) => object), find: () => undefined }
    return documents.flatMap(({ object }) => {
      const source = sourceOf(object, context)
      // The rows of a Deployment are flags.
      if (!source || source.kind === 'Deployment') return []
      const named = source.fields.flatMap(({ from }) => pathsIn(from))
      const isNamed = (path: string): boolean =>
        named.some((from) => path === from || path.startsWith(`${from}.`) || path.startsWith(`${from}[`))
      return leavesOf(object)
        .map(({ path }) => path.replaceAll(/\[\d+\]/g, '[]'))
        .filter((path) => !/^(?:apiVersion$|kind$|spec$|status|metadata)/.test(path) && !isNamed(path))
    })
  })

  expect(unnamed).toEqual([])
})

/** Returns the paths that one line of the page names: `spec.a, b` is `spec.a` and `spec.b`. */
function pathsIn(from: string): readonly string[] {
  const [first = '', ...others] = from.split(', ')
  const outer = first.slice(0, first.lastIndexOf('.') + 1)
  return [first, ...others.map((one) => outer + one)].map((one) => one.replace(/\[\]$/, ''))
}
