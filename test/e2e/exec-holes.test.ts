import { beforeAll, describe, expect, test } from '@jest/globals'
import { applied, deniedExec, exec, readyRequest, refusedApply, requestFile, type File } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import type { Shell } from '../fixtures/shell.ts'
import { logsFiles, podsOf, templateFile } from '../fixtures/templates.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'

// A template offers to read any file of /var/log, and no other.
const namespace = 'exec-holes'
const testOnNode = testWithNode()

let shell: Shell
gatedNamespace(namespace, async () => {
  shell = await shellWithPlugin()
  await apply(...logsFiles(namespace, 'web', { app: 'hello\n', other: 'psst\n' }))
  if (testCluster().node.ready) await admin(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s'])
})

const offer = (changes: object = {}): object => ({
  access: {
    exec: {
      target: { kind: 'Deployment', name: 'web' },
      commands: [['cat', '<path>']],
      holes: [{ name: 'path', pattern: '/var/log/[a-z]+' }],
      ...changes,
    },
  },
})
const under = (name: string, command?: readonly string[]): File =>
  requestFile(namespace, name, {
    duration: undefined,
    templateRef: { kind: 'AccessTemplate', name: 'logs' },
    exec: command ? { command } : {},
  })

beforeAll(() => applied('admin', templateFile(namespace, 'logs', offer())))

describe('a template with a fault in its holes is refused, with the field', () => {
  test.each<[string, object, string]>([
    [
      'a pattern that does not compile',
      { holes: [{ name: 'path', pattern: '(' }] },
      'spec.access.exec.holes[0].pattern is not an RE2 expression: missing closing )',
    ],
    [
      'a misspelt hole',
      {
        commands: [
          ['cat', '<path>'],
          ['cat', '<pth>'],
        ],
      },
      'spec.access.exec.commands[1][1] is <pth>, but no hole has that name',
    ],
    [
      'a hole that stands nowhere',
      { commands: [['id']] },
      'spec.access.exec.holes[0] is used by no command: none has the word <path>',
    ],
    ['a hole twice', { commands: [['diff', '<path>', '<path>']] }, 'spec.access.exec.commands[0] has <path> twice'],
    [
      'bounds in disorder',
      { holes: [{ name: 'path', range: { min: 2, max: 1 } }] },
      'spec.access.exec.holes[0].range: Invalid value: min is larger than max',
    ],
    [
      'two rules',
      { holes: [{ name: 'path', pattern: 'a', values: ['a'] }] },
      'spec.access.exec.holes[0]: Invalid value: a hole has exactly one rule: pattern, values, range',
    ],
  ])('%s', async (_title, exec, text) => {
    expect(await refusedApply('admin', templateFile(namespace, 'bad', offer(exec)))).toContain(text)
  })
})

describe('a request whose word the hole does not take is refused, with the word and the rule', () => {
  const rule = 'word 2 is <path>, which must match /var/log/[a-z]+ as a whole (E_TEMPLATE_BEYOND)'
  const unseen = 'word 2 is <path>, which may hold only characters that can be seen, and no line break'

  test.each<[string, string]>([
    ['/etc/shadow', rule],
    ['/var/log/../../etc/shadow', rule],
    ['/var/log/x; rm', rule],
    ['$(id)', rule],
    ['<path>', rule],
    ['', rule],
    ['/var/log/app\n', unseen],
    ['/var/log/app\n/etc/shadow', unseen],
    ['/var/log/app\u0000', unseen],
    ['x'.repeat(513), 'word 2 is <path>, which may have at most 512 characters'],
  ])('%j', async (word, text) => {
    const said = await refusedApply('alice', under('refused', ['cat', word]))

    expect(said).toContain('AccessTemplate logs offers the command ["cat",<path>], not ["cat","')
    expect(said).toContain(text)
  })
})

testOnNode('the word that was approved runs, and no other that the hole takes', async () => {
  await applied('alice', under('named', ['cat', '/var/log/app']))
  const { status } = await readyRequest(namespace, 'named')
  const pod = status?.target?.pod ?? ''

  expect(status?.summary).toBe(`exec ${pod}/app: cat /var/log/app`)
  expect(status?.accessMessage).toBe(`kubectl exec ${pod} -n ${namespace} -c app -- cat /var/log/app`)
  expect((await exec('alice', namespace, { pod, command: ['cat', '/var/log/app'] })).stdout).toBe('hello\n')
  expect(await deniedExec('alice', namespace, { pod, command: ['cat', '/var/log/other'] })).toContain(
    'is for the command cat /var/log/app, not for cat /var/log/other (E_NOT_ASKED)',
  )
  await admin(['delete', 'areq', 'named', '-n', namespace])
})

testOnNode('a request that names no command is for each word that the hole takes', async () => {
  await applied('alice', under('all'))
  const { status } = await readyRequest(namespace, 'all')
  const pod = status?.target?.pod ?? ''
  const read = (path: string) => exec('alice', namespace, { pod, command: ['cat', path] })

  expect(status?.summary).toBe(`exec ${pod}/app: cat <path>`)
  expect(status?.accessMessage).toBe(
    `In container app of pod ${pod}, run cat <path>, where <path> must match /var/log/[a-z]+ as a whole`,
  )
  expect([(await read('/var/log/app')).stdout, (await read('/var/log/other')).stdout]).toEqual(['hello\n', 'psst\n'])
  for (const path of ['/etc/shadow', '/var/log/../../etc/shadow', '/var/log/x; rm', '<path>']) {
    expect(await deniedExec('alice', namespace, { pod, command: ['cat', path] })).toContain(
      'word 2 is <path>, which must match /var/log/[a-z]+ as a whole (E_NOT_ASKED)',
    )
  }
  expect(await deniedExec('alice', namespace, { pod, command: ['cat', '/var/log/app\n'] })).toContain(
    'word 2 is <path>, which may hold only characters that can be seen, and no line break (E_NOT_ASKED)',
  )
  const described = (await shell('alice', `kubectl access describe all -n ${namespace}`)).stdout
  expect(described).toMatch(/command: +cat <path>\n/)
  expect(described).toMatch(/where: +<path> must match \/var\/log\/\[a-z\]\+ as a whole\n/)
  await admin(['delete', 'areq', 'all', '-n', namespace])
})

testOnNode('the plugin shows the holes, takes the template for a word that fits, and goes in', async () => {
  const [pod = ''] = await podsOf(namespace, 'web')
  const alice = (line: string) => shell('alice', `kubectl access ${line}`)

  expect((await alice(`templates -n ${namespace}`)).stdout).toContain(
    '\n  command cat <path>\n  where <path> must match /var/log/[a-z]+ as a whole\n',
  )
  expect((await alice(`can-i exec ${pod} -n ${namespace} -- cat /var/log/app`)).stdout).toContain(
    'No, but AccessTemplate logs offers it',
  )
  expect((await alice(`can-i exec deploy/web -n ${namespace} -- cat /etc/shadow`)).stdout).toContain(
    'no template offers it to alice. AccessTemplate logs offers such a command: ' +
      'word 2 is <path>, which must match /var/log/[a-z]+ as a whole.',
  )
  const { code, stdout } = await alice(`exec ${pod} -n ${namespace} --reason OPS-42 -- cat /var/log/app`)
  expect([code, stdout]).toEqual([0, 'hello\n'])
})
