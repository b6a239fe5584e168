import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checks } from '../../scripts/checks.ts'
import { run, type Ended } from '../fixtures/run.ts'

// The checks that hold the rooms are tested here: each rule must catch a violation that is planted in a copy of the
// tree.
let tree: string

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  const copied = ['src', 'webhooks', 'certs', 'scripts', 'test', 'manifests', 'docs', 'examples']
  const settings = [
    '.prettierignore',
    '.prettierrc.json',
    'package.json',
    'tsconfig.json',
    'eslint.config.js',
    'knip.jsonc',
    'jest.config.js',
    '.dependency-cruiser.mjs',
  ]
  for (const name of [...copied, ...settings]) cpSync(name, join(tree, name), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(tree, 'node_modules'))
})
afterEach(() => {
  rmSync(tree, { recursive: true })
})

/** Runs a check on the copy, or only on `part` of it where the whole would take long. */
function check(title: string, part?: string): Promise<Ended> {
  const command = checks.find((one) => one.title === title)?.command ?? []
  return run('sh', [
    '-c',
    `cd ${tree} && exec ${command.map((word) => (word === '.' ? (part ?? word) : word)).join(' ')}`,
  ])
}

const plant = (file: string, text: string): void => {
  appendFileSync(join(tree, file), text)
}

describe('an import in the wrong direction', () => {
  test.each([
    ['to the left', 'src/decision/gate/gate.ts', '../../server/lifecycle.ts', 'room-decision'],
    ['to a room beside', 'webhooks/connect.ts', '../src/server/lifecycle.ts', 'room-webhooks'],
    ['of the cluster, by expressions', 'src/expression/evaluator.ts', '../cluster/clock/clock.ts', 'room-expression'],
    ['of CEL, outside of its process', 'src/expression/evaluator.ts', '@bufbuild/cel', 'cel-in-its-own-process'],
    ['of what runs CEL, by who starts it', 'src/expression/evaluator.ts', './worker.ts', 'cel-in-its-own-process'],
    ['of main', 'src/server/lifecycle.ts', '../main.ts', 'room-server'],
    [
      'of the controller, by the gate',
      'src/start-gate.ts',
      './controller/controller.ts',
      'controller-in-its-own-thread',
    ],
    [
      'of a kind, by the cluster room',
      'src/cluster/client/client.ts',
      '../../api/kinds/kind.ts',
      'cluster-knows-no-kind',
    ],
    ['of I/O, by a rule', 'src/decision/gate/gate.ts', 'node:fs', 'rules-do-no-io'],
    [
      'of client-node, past its door',
      'src/cluster/client/client.ts',
      '@kubernetes/client-node',
      'one-door-to-client-node',
    ],
    ['of prom-client, past its door', 'src/server/lifecycle.ts', 'prom-client', 'one-door-to-prom-client'],
    ['of the config, by who is handed it', 'src/server/lifecycle.ts', '../config/config.ts', 'room-server'],
    ['of the audit, by the cluster room', 'src/cluster/client/client.ts', '../../audit/open-audit.ts', 'room-cluster'],
    ['of the controller, by the audit', 'src/audit/open-audit.ts', '../controller/controller.ts', 'room-audit'],
    ['of provision, by the installation', 'src/install/crd.ts', '../provision/pass.ts', 'room-install'],
    ['of the audit, by metrics', 'src/observe/metrics.ts', '../audit/open-audit.ts', 'room-observe'],
    ['of I/O, by the installation', 'src/install/crd.ts', 'node:fs', 'rules-do-no-io'],
    ['of a test', 'src/cluster/client/client.ts', '../../../test/fixtures/review.ts', 'product-knows-no-tests'],
  ])('%s', async (_title, file, imported, rule) => {
    plant(file, `\nimport '${imported}'\n`)

    const { code, stdout } = await check('rooms')

    expect(code).not.toBe(0)
    expect(stdout).toContain(rule)
  })

  test.each(['src/cluster/Client2.ts', 'src/cluster/utils.ts'])('a file called %s', async (file) => {
    writeFileSync(join(tree, file), "import './client.ts'\n")

    expect((await check('rooms')).code).not.toBe(0)
  })
})

test('an effect in src/decision', async () => {
  const effects = {
    'export const a = Date.now()': 'A rule is handed `now`',
    'export const b = new Date()': 'A rule is handed `now`',
    'export const c = Math.random()': 'A rule has no randomness',
    "export { randomUUID } from 'node:crypto'": 'A rule has no randomness',
    "export const d = fetch('https://x')": 'Rules do no I/O',
    'export const e = (async () => { await 0 })()': 'A rule is synchronous',
  }
  const first = readFileSync(join(tree, 'src/decision/text/sentence.ts'), 'utf8').split('\n').length
  for (const effect of Object.keys(effects)) plant('src/decision/text/sentence.ts', `${effect}\n`)

  const { stdout } = await check('style rules', 'src/decision/text/sentence.ts')

  const found = stdout.split('\n').map((line) => line.trim())
  for (const [index, message] of Object.values(effects).entries()) {
    expect(found.find((line) => line.startsWith(`${first + index}:`) && line.includes(message))).toBeDefined()
  }
})

test('a file that asks by itself which kind an access is', async () => {
  const asking = [
    'export const a = (spec: { exec?: object }): unknown => spec.exec',
    'export const b = (of: { spec: { shell?: object } }): unknown => of.spec?.shell',
    'export const c = (of: { access: { role?: object } }): unknown => of.access.role',
    'export const d = ({ shell }: { shell?: object }): unknown => shell',
  ]
  const file = 'src/decision/text/sentence.ts'
  const first = readFileSync(join(tree, file), 'utf8').split('\n').length
  for (const line of asking) plant(file, `${line}\n`)

  const { stdout } = await check('style rules', file)

  const found = stdout.split('\n').map((line) => line.trim())
  for (const index of asking.keys()) {
    expect(found.find((line) => line.startsWith(`${first + index}:`) && line.includes('Ask the table'))).toBeDefined()
  }
})

// docs/development.md has the same list, under "Add a kind of access".
test('for a kind of access with a name and fields the compiler asks in each table, and nowhere else', async () => {
  const file = join(tree, 'src/api/accesses.ts')
  const planted = [
    ["'role'] as const", "'role', 'task'] as const"],
    ['role: Type.Optional(RoleAsk),', 'role: Type.Optional(RoleAsk), task: Type.Optional(RoleAsk),'],
    ['role: Type.Optional(RoleAccess),', 'role: Type.Optional(RoleAccess), task: Type.Optional(RoleAccess),'],
    ['asked: role },', "asked: role },\n  task: ({ task }) => task && { name: 'task', asked: task },"],
    ['offered: role },', "offered: role },\n  task: ({ task }) => task && { name: 'task', offered: task },"],
  ] as const
  let text = readFileSync(file, 'utf8')
  for (const [before, after] of planted) {
    expect(text).toContain(before)
    text = text.replace(before, after)
  }
  writeFileSync(file, text)

  const { stdout } = await check('types')

  const asked = new Set(stdout.split('\n').flatMap((line) => /^(\S+)\(\d+,\d+\): error/.exec(line)?.[1] ?? []))
  const guide = readFileSync('docs/development.md', 'utf8')
  const recipe = guide.slice(guide.indexOf('### Add a kind of access'), guide.indexOf('### Add a challenge'))
  const listed = [...recipe.matchAll(/^ {3}- `([^`]+\.ts)`/gm)].map(([, path]) => path)
  expect([...asked].filter((path) => path.startsWith('src/')).toSorted()).toEqual(listed.toSorted())
})

test('an unused export', async () => {
  plant('src/decision/text/sentence.ts', '\nexport const planted = 1\n')

  const { code, stdout } = await check('nothing unused')

  expect(code).not.toBe(0)
  expect(stdout).toContain('planted')
})

test('a generated file that was edited', async () => {
  plant('docs/errors.md', '\nedited\n')

  const { code, stdout } = await check('generated files')

  expect(code).not.toBe(0)
  expect(stdout).toContain('differs: docs/errors.md')
})

test('a folder with more files than one can look through', async () => {
  mkdirSync(join(tree, 'src/planted'))
  for (let index = 0; index < 26; index++) writeFileSync(join(tree, 'src/planted', `file-${index}.ts`), '\n'.repeat(20))

  const { code, stderr } = await check('sizes')

  expect(code).not.toBe(0)
  expect(stderr).toBe('src/planted has 26 files, more than 25: split it into folders.\n')
})

test('a function that is too long to be read at once', async () => {
  plant('src/decision/text/sentence.ts', `\nexport function planted(): void {${'\n'.repeat(60)}}\n`)

  const { code, stdout } = await check('style rules', 'src/decision/text/sentence.ts')

  expect(code).not.toBe(0)
  expect(stdout).toContain("Function 'planted' has too many lines (61). Maximum allowed is 60")
})
