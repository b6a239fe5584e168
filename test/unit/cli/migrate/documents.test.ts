import { afterAll, describe, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { documentsOf, type Read } from '../../../../src/cli/migrate/read/documents.ts'
import { readInputs } from '../../../../src/cli/migrate/read/files.ts'
import { run, type Ended } from '../../../fixtures/run.ts'
import { ozTemplate } from './examples.ts'

const template = ozTemplate('ExecAccessTemplate')
const read = (text: string): Read => documentsOf([{ name: 'f', text }])

describe('the objects of a file', () => {
  test.each([
    ['nothing', '', 0],
    ['only comments', '# nothing\n---\n# here\n', 0],
    ['one', stringify(template), 1],
    ['several', `---\n${stringify(template)}---\n${stringify(template)}`, 2],
    ['JSON', JSON.stringify(template), 1],
    ['JSON with tabs, and a byte order mark', `\uFEFF${JSON.stringify(template, undefined, '\t')}`, 1],
    ['YAML that begins with a brace', '{ apiVersion: v1, kind: Pod }', 1],
    ['a list', stringify({ apiVersion: 'v1', kind: 'List', items: [template, template] }), 2],
    ['a list in a list', stringify({ kind: 'List', items: [{ kind: 'List', items: [template] }] }), 1],
    ['an empty list', stringify({ apiVersion: 'v1', kind: 'List', items: [] }), 0],
  ])('%s', (_title, text, count) => {
    const { documents, unreadable } = read(text)

    expect([documents.length, unreadable]).toEqual([count, []])
  })

  test('an item of a typed list has the kind of the list', () => {
    const { documents } = read(stringify({ apiVersion: 'a/v1', kind: 'PodConfigList', items: [{ metadata: {} }] }))

    expect(documents.map(({ origin, object }) => [origin, object['apiVersion'], object['kind']])).toEqual([
      ['f, item 1', 'a/v1', 'PodConfig'],
    ])
  })

  test.each([
    ['a: [', /^it is not YAML: /],
    ['{{- if .Values.create }}\nkind: Pod', /It may be a template of Helm: give the output of helm template instead$/],
    ['a: 1\na: 2', /Map keys must be unique/],
    [`a: &a [x]\nb: [${Array.from({ length: 200 }, () => '*a').join(',')}]`, /alias/i],
  ])('%j is not read, and says why', (text, problem) => {
    expect(read(text)).toEqual({
      documents: [],
      unreadable: [{ origin: 'f', problem: expect.stringMatching(problem) }],
    })
  })

  test('a document that cannot be read holds up no other', () => {
    const { documents, unreadable } = read(`${stringify(template)}---\na: [\n---\n${stringify(template)}`)

    expect([documents.length, unreadable.length]).toEqual([2, 1])
  })
})

const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
mkdirSync(join(folder, 'deep', 'deeper'), { recursive: true })
mkdirSync(join(folder, 'empty'))
for (const [file, text] of [
  ['a.yaml', stringify(template)],
  ['notes.txt', 'no: object'],
  ['deep/b.yml', 'a: ['],
  ['deep/deeper/c.json', '{"kind":"Pod"}'],
] as const) {
  writeFileSync(join(folder, file), text)
}
symlinkSync(folder, join(folder, 'deep', 'around'))

describe('files', () => {
  test('a folder is read with all its folders, and a link around it ends', () => {
    expect(readInputs([folder]).map(({ name }) => name.slice(folder.length))).toEqual([
      ...['/a.yaml', '/deep/b.yml', '/deep/deeper/c.json'],
    ])
  })

  test.each([
    ['missing', /missing cannot be read: .*ENOENT/],
    ['empty', /empty has no file that ends in \.yaml, \.yml or \.json\.$/],
  ])('%s is refused', (name, sentence) => {
    expect(() => readInputs([join(folder, name)])).toThrow(sentence)
  })
})

/** Runs the command line in a process of its own. */
function migrate(args: readonly string[], input = ''): Promise<Ended> {
  return run(process.execPath, ['src/cli/main.ts', 'migrate', ...args], input)
}

describe('the verb', () => {
  test('standard input becomes YAML on standard output, and the report goes to standard error', async () => {
    const { code, stdout, stderr } = await migrate(['-f', '-'], stringify({ ...template, extra: '\u001b[2J' }))

    expect(code).toBe(0)
    expect(stdout).toMatch(/^apiVersion: access.sallyport.dev\/v1alpha1\nkind: AccessTemplate\n/)
    expect(stderr).toBe(
      [
        '1 object: 1 converted, 0 without an equal, 0 refused, 0 not touched.',
        'standard input: ExecAccessTemplate shop/web',
        '  becomes AccessTemplate shop/web',
        // A terminal must not obey what is in a file.
        String.raw`  no equal: extra = "\u001b[2J"`,
        '    why: this field is not known, so nothing was made of it.',
        '    do:  See if its name is right.',
        '',
      ].join('\n'),
    )
  })

  test('what can be read is written, and the exit code says that something could not', async () => {
    const report = join(folder, 'report.out')

    const { code, stdout, stderr } = await migrate(['-f', folder, '-o', 'json', '--report', report])

    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'List', items: [{ kind: 'AccessTemplate' }] })
    expect(stderr).toMatch(/^3 objects: 1 converted, .*, 1 not touched, 1 not read. The report is in /)
  })

  test('requests are for other people, and the report has their command', async () => {
    const { stdout, stderr } = await migrate(['-f', 'examples/migrate/oz/pod-access-request.yaml'])

    expect(stdout).toBe('')
    const command =
      'kubectl access migrate --requests -f examples/migrate/oz/pod-access-request.yaml | kubectl create -f -'
    expect(stderr).toContain(`under their own login:\n  ${command}\n`)
  })

  test('a report that cannot be written is an error', async () => {
    const { code, stderr } = await migrate(['-f', 'examples/migrate/oz/deployment.yaml', '--report', '/none/report'])

    expect([code, stderr]).toEqual([1, expect.stringMatching(/^\/none\/report cannot be written: ENOENT/)])
  })
})
