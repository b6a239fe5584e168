import { expect, test } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { createProgram } from '../../src/cli/program.ts'
import { parseConfig } from '../../src/config/config.ts'
import { findingCodes } from '../../src/decision/text/finding-codes.ts'
import { userRoles } from '../../src/install/user-roles.ts'
import { pages, type Page } from '../fixtures/documents.ts'
import { run } from '../fixtures/run.ts'

// The manifests of the pages are applied in test/e2e/documented.test.ts.

const head = 'apiVersion: config.sallyport.dev/v1alpha1\nkind: SallyportConfig\n'
const configKeys = Object.keys(parseConfig(head, 'f')).filter((key) => key !== 'apiVersion')

const configs = pages.flatMap(({ file, blocks }) =>
  blocks
    .filter(
      ({ language, text }) => language === 'yaml' && configKeys.includes(Object.keys(parse(text) as object)[0] ?? ''),
    )
    .map(({ text }): [string, string] => [file, text]),
)

test.each(configs)('the config in %s is one', (_file, text) => {
  expect(() => parseConfig(head + text, 'f')).not.toThrow()
})

/** The commands in blocks, and those in sentences that have an option and not only the names of verbs. */
const commands = pages.flatMap(({ text, blocks }) => [
  ...blocks.filter(({ language }) => language === 'sh').flatMap((block) => block.text.split('\n')),
  ...[...text.matchAll(/`(kubectl access [^`]* -[^`]*)`/g)].map(([, command = '']) => command),
])
// The exit code of a pipe would be that of its last program.
const ours = [...new Set(commands.filter((line) => line.startsWith('kubectl access ')).map((line) => beforePipe(line)))]

function beforePipe(line: string): string {
  return line.replace(/ \| .*/, '')
}

test.each(ours)('%s is a command line', async (line) => {
  const { code, stderr } = await run(
    'sh',
    ['-c', line.replace('kubectl access', '"$0" src/cli/main.ts'), process.execPath],
    '',
    {
      PATH: process.env['PATH'],
      HOME: '/none',
    },
  )

  // Code 2 means that the command makes no sense. Without a cluster, every command fails in some way.
  expect([code, stderr]).not.toEqual([2, expect.anything()])
})

test('every npm script that is named is there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Readonly<Record<string, string>> }
  const named = pages.flatMap(({ text }) => [...text.matchAll(/npm run ([a-z]+)/g)].map(([, name = '']) => name))

  expect(named.filter((name) => !(name in scripts))).toEqual([])
})

function anchorsOf({ text }: Page): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test.each(pages.map((page) => [page.file, page] as const))('every link of %s leads somewhere', (file, { text }) => {
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, path = '', anchor]) => ({
    path: path === '' ? file : join(dirname(file), path),
    anchor,
  }))

  const dead = links.filter(({ path, anchor }) => {
    const page = pages.find((one) => one.file === path)
    return !existsSync(path) || (anchor !== undefined && page !== undefined && !anchorsOf(page).includes(anchor))
  })
  expect(dead).toEqual([])
})

test('the README names each role that people may be given', () => {
  const readme = pages.find(({ file }) => file === 'README.md')?.text ?? ''

  expect(userRoles().filter(({ metadata }) => !readme.includes(`\`${metadata.name}\``))).toEqual([])
})

test('the README names each verb of the plugin', () => {
  const readme = pages.find(({ file }) => file === 'README.md')?.text ?? ''
  const program = createProgram({ command: undefined, run: () => Promise.resolve() })
  const verbs = program.createHelp().visibleCommands(program)
  const names = verbs.map((verb) => verb.name()).filter((name) => name !== 'help')

  expect(names.filter((name) => !new RegExp(`\`${name}( [a-z]+)?\``).test(readme))).toEqual([])
})

test('docs/operations.md names each finding of the self-check', () => {
  const operations = pages.find(({ file }) => file === 'docs/operations.md')?.text ?? ''

  expect(Object.keys(findingCodes).filter((code) => !operations.includes(`(errors.md#${code.toLowerCase()})`))).toEqual(
    [],
  )
})
