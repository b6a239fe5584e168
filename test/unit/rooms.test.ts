import { beforeAll, describe, expect, test } from '@jest/globals'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checks } from '../../scripts/checks.ts'
import { run, type Ended } from '../fixtures/run.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

// The checks that hold the rooms are tested here: each rule must catch a violation that is planted in a copy of the
// tree. A check reads the whole tree, so it runs once for all violations that it must catch.
const folder = temporaryFolder()

/** Makes a copy of the tree and returns its folder. */
function copyOfTree(): string {
  const tree = mkdtempSync(join(folder, 'tree-'))
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
  return tree
}

/** Runs a check on a copy, or only on `part` of it where the whole would take long. */
function check(tree: string, title: string, part?: string): Promise<Ended> {
  const command = checks.find((one) => one.title === title)?.command ?? []
  return run('sh', [
    '-c',
    `cd ${tree} && exec ${command.map((word) => (word === '.' ? (part ?? word) : word)).join(' ')}`,
  ])
}

function plant(tree: string, file: string, text: string): void {
  appendFileSync(join(tree, file), text)
}

describe('the rooms', () => {
  const imports = [
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
      'of client-node, which tests use',
      'src/cluster/client/client.ts',
      '@kubernetes/client-node',
      'client-node-is-for-tests',
    ],
    ['of prom-client, past its door', 'src/server/lifecycle.ts', 'prom-client', 'one-door-to-prom-client'],
    ['of the config, by who is handed it', 'src/server/lifecycle.ts', '../config/config.ts', 'room-server'],
    ['of the audit, by the cluster room', 'src/cluster/client/client.ts', '../../audit/open-audit.ts', 'room-cluster'],
    ['of the controller, by the audit', 'src/audit/open-audit.ts', '../controller/controller.ts', 'room-audit'],
    ['of provision, by the installation', 'src/install/crd.ts', '../provision/pass.ts', 'room-install'],
    ['of the audit, by metrics', 'src/observe/metrics.ts', '../audit/open-audit.ts', 'room-observe'],
    ['of I/O, by the installation', 'src/install/crd.ts', 'node:fs', 'rules-do-no-io'],
    ['of a test', 'src/cluster/client/client.ts', '../../../test/fixtures/review.ts', 'product-knows-no-tests'],
  ] as const
  const names = [
    ['src/cluster/Client2.ts', 'kebab-case'],
    ['src/cluster/utils.ts', 'no-grab-bags'],
  ] as const
  let found: Ended

  beforeAll(async () => {
    const tree = copyOfTree()
    for (const [, file, imported] of imports) plant(tree, file, `\nimport '${imported}'\n`)
    for (const [file] of names) writeFileSync(join(tree, file), "import './client/client.ts'\n")
    found = await check(tree, 'rooms')
  })

  test('do not hold', () => {
    expect(found.code).not.toBe(0)
  })

  test.each(imports)('an import in the wrong direction: %s', (_title, file, imported, rule) => {
    const to = imported.startsWith('.') ? join(dirname(file), imported) : imported.replace('node:', '')
    const told = found.stdout.split('\n').filter((line) => line.includes(`error ${rule}: ${file} → `))
    expect(told).toContainEqual(expect.stringContaining(to))
  })

  test.each(names)('a file called %s', (file, rule) => {
    expect(found.stdout).toContain(`error ${rule}: ${file} → `)
  })
})

describe('the style rules', () => {
  const file = 'src/decision/text/sentence.ts'
  const effects = [
    ['export const a = Date.now()', 'A rule is handed `now`'],
    ['export const b = new Date()', 'A rule is handed `now`'],
    ['export const c = Math.random()', 'A rule has no randomness'],
    ["export { randomUUID } from 'node:crypto'", 'A rule has no randomness'],
    ["export const d = fetch('https://x')", 'Rules do no I/O'],
    ['export const e = (async () => { await 0 })()', 'A rule is synchronous'],
  ] as const
  const asking = [
    'export const f = (spec: { exec?: object }): unknown => spec.exec',
    'export const g = (of: { spec: { shell?: object } }): unknown => of.spec?.shell',
    'export const h = (of: { access: { role?: object } }): unknown => of.access.role',
    'export const i = ({ shell }: { shell?: object }): unknown => shell',
  ]
  const tooLong = `export function planted(): void {${'\n'.repeat(60)}}`
  const first = readFileSync(file, 'utf8').split('\n').length
  let found: readonly string[]

  beforeAll(async () => {
    const tree = copyOfTree()
    for (const line of [...effects.map(([effect]) => effect), ...asking, tooLong]) plant(tree, file, `${line}\n`)
    const { code, stdout } = await check(tree, 'style rules', file)
    expect(code).not.toBe(0)
    found = stdout.split('\n').map((line) => line.trim())
  })

  /** Returns what is found on a line, counted from the first planted one. */
  const foundOn = (index: number): readonly string[] => found.filter((line) => line.startsWith(`${first + index}:`))

  test.each(effects.map(([effect, message], index) => ({ effect, message, index })))(
    'an effect in src/decision: $effect',
    ({ message, index }) => {
      expect(foundOn(index)).toContainEqual(expect.stringContaining(message))
    },
  )

  test.each(asking.map((line, index) => ({ line, index })))(
    'a file that asks by itself which kind an access is: $line',
    ({ index }) => {
      expect(foundOn(effects.length + index)).toContainEqual(expect.stringContaining('Ask the table'))
    },
  )

  test('a function that is too long to be read at once', () => {
    expect(foundOn(effects.length + asking.length)).toContainEqual(
      expect.stringContaining("Function 'planted' has too many lines (61). Maximum allowed is 60"),
    )
  })
})

// docs/development.md has the same list, under "Add a kind of access".
test('for a kind of access with a name and fields the compiler asks in each table, and nowhere else', async () => {
  const tree = copyOfTree()
  const file = join(tree, 'src/api/accesses.ts')
  const planted = [
    ["'task'] as const", "'task', 'fifth'] as const"],
    ['role: Type.Optional(RoleAsk),', 'role: Type.Optional(RoleAsk), fifth: Type.Optional(RoleAsk),'],
    ['role: Type.Optional(RoleAccess),', 'role: Type.Optional(RoleAccess), fifth: Type.Optional(RoleAccess),'],
    ['asked: role },', "asked: role },\n  fifth: ({ fifth }) => fifth && { name: 'fifth', asked: fifth },"],
    ['offered: role },', "offered: role },\n  fifth: ({ fifth }) => fifth && { name: 'fifth', offered: fifth },"],
  ] as const
  let text = readFileSync(file, 'utf8')
  for (const [before, after] of planted) {
    expect(text).toContain(before)
    text = text.replace(before, after)
  }
  writeFileSync(file, text)

  const { stdout } = await check(tree, 'types')

  const asked = new Set(stdout.split('\n').flatMap((line) => /^(\S+)\(\d+,\d+\): error/.exec(line)?.[1] ?? []))
  const guide = readFileSync('docs/development.md', 'utf8')
  const recipe = guide.slice(guide.indexOf('### Add a kind of access'), guide.indexOf('### Add a challenge'))
  const listed = [...recipe.matchAll(/^ {3}- `([^`]+\.ts)`/gm)].map(([, path]) => path)
  expect([...asked].filter((path) => path.startsWith('src/')).toSorted()).toEqual(listed.toSorted())
})

test('an unused export', async () => {
  const tree = copyOfTree()
  plant(tree, 'src/decision/text/sentence.ts', '\nexport const planted = 1\n')

  const { code, stdout } = await check(tree, 'nothing unused')

  expect(code).not.toBe(0)
  expect(stdout).toContain('planted')
})

test('a generated file that was edited', async () => {
  const tree = copyOfTree()
  plant(tree, 'docs/errors.md', '\nedited\n')

  const { code, stdout } = await check(tree, 'generated files')

  expect(code).not.toBe(0)
  expect(stdout).toContain('differs: docs/errors.md')
})

test('a folder with more files than one can look through', async () => {
  const tree = copyOfTree()
  mkdirSync(join(tree, 'src/planted'))
  for (let index = 0; index < 26; index++) writeFileSync(join(tree, 'src/planted', `file-${index}.ts`), '\n'.repeat(20))

  const { code, stderr } = await check(tree, 'sizes')

  expect(code).not.toBe(0)
  expect(stderr).toBe('src/planted has 26 files, more than 25: split it into folders.\n')
})
