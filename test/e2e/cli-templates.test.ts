import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { apiVersion } from '../../src/api/kinds/kind.ts'
import { administrator } from '../fixtures/administrator.ts'
import { applied } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import { binderOf, canI, readerOf, roleTemplate, type RoleRef } from '../fixtures/roles.ts'
import type { Shell } from '../fixtures/shell.ts'
import { templateFile, workloadFile } from '../fixtures/templates.ts'
import { until } from '../fixtures/until.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'

const namespace = 'plugin-templates'
const testOnNode = testWithNode()
const reads: RoleRef = { kind: 'Role', name: 'reads' }
const binder = `${namespace}-binder`
const everywhere = `${namespace}-everywhere`

let shell: Shell
gatedNamespace(namespace, async () => {
  shell = await shellWithPlugin()
  await apply(readerOf('secrets', reads.name, namespace), binderOf(binder, reads))
  await apply(workloadFile(namespace, 'Deployment', 'web', { replicas: 1 }))
  if (testCluster().node.ready) await admin(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s'])
})
beforeAll(async () => {
  const from = { kind: 'Deployment', name: 'web' }
  const commands = [['id'], ['sh', '-c', 'echo "$HOSTNAME"']]
  await applied('admin', templateFile(namespace, 'look', { access: { exec: { target: from, commands } } }))
  const access = { shell: { from, mutate: { command: ['sleep', '3600'] }, limits: { memory: '64Mi' } } }
  await applied('admin', templateFile(namespace, 'beside', { description: 'Next to the web tier', access }))
  await applied('admin', roleTemplate('on-call', namespace, { bindings: [{ roleRef: reads }] }))
  await applied('admin', templateFile(namespace, 'hidden', { subjects: [{ kind: 'User', name: 'carol' }] }))
})

afterAll(() => admin(['delete', 'clusterrole', binder]))
afterAll(() => admin(['delete', 'catmpl', everywhere, '--ignore-not-found']))

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''

test('templates shows what is offered to one, and what to type for it', async () => {
  const { code, stdout, stderr } = await shell('alice', `kubectl access templates -n ${namespace}`)

  expect(code).toBe(0)
  expect(stderr).toBe('')
  expect(stdout.trimEnd().split('\n')).toEqual([
    'AccessTemplate beside',
    '  Next to the web tier',
    '  a shell pod beside Deployment web',
    '  up to memory 64Mi',
    '  at most 1h',
    `  kubectl access request shell -n ${namespace} --template beside`,
    'AccessTemplate look',
    '  exec into Deployment web',
    '  command id',
    `  command sh -c 'echo "$HOSTNAME"'`,
    '  at most 1h',
    `  kubectl access request exec -n ${namespace} --template look`,
    'AccessTemplate on-call',
    `  gives Role reads in namespace ${namespace}`,
    '  at most 1h',
    `  kubectl access request role -n ${namespace} --template on-call`,
  ])
  expect((await shell('admin', `kubectl access templates -n ${namespace}`)).stderr).toBe('')
  expect((await shell('bob', `kubectl access templates -n ${namespace}`)).stdout).toBe(
    `No template offers bob anything in namespace ${namespace}.\n`,
  )
})

test('a ClusterAccessTemplate is shown to everybody who is logged in, unless an administrator takes that away', async () => {
  const { spec } = templateFile('', everywhere, { namespaces: { matchNames: [namespace] } })
  await apply({ apiVersion, kind: 'ClusterAccessTemplate', metadata: { name: everywhere }, spec })
  const templates = (): ReturnType<Shell> => shell('alice', `kubectl access templates -n ${namespace}`)

  const shown = await templates()
  await admin(['delete', 'clusterrolebinding', 'sallyport-catalogue'])
  const told = await until('the right is gone', async () => {
    const { stderr } = await templates()
    return stderr === '' ? undefined : stderr
  })

  expect(shown.stderr).toBe('')
  expect(shown.stdout).toContain(`ClusterAccessTemplate ${everywhere}`)
  expect(told).toBe(
    'Not shown: ClusterAccessTemplates. You may not list them, but you can ask with --cluster-template NAME.\n',
  )
})

test('roles are given with what is told', async () => {
  const line = `kubectl access request role -n ${namespace} --template on-call --reason OPS-42 --wait=20s`

  const asked = await shell('alice', line)

  expect(asked).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('It is ready:') })
  expect(asked.stdout).toContain(`role:       Role reads in namespace ${namespace}`)
  expect(await canI('alice', 'list', 'secrets', namespace)).toBe(true)
})

testOnNode('an exec under a template is told what to type, and that works', async () => {
  const asked = await shell(
    'alice',
    `kubectl access request exec -n ${namespace} --template look --reason OPS-42 --wait=30s`,
  )

  expect(asked).toMatchObject({ code: 0, stderr: '' })
  expect(asked.stdout).toMatch(new RegExp(`^ {2}author: +${administrator().username}$`, 'm'))
  expect(asked.stdout).toContain('It is ready:')
  expect(await shell('alice', lastLine(asked.stdout))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('uid=0'),
  })
})

testOnNode('a shell is made, and entered with what is told', async () => {
  const asked = await shell(
    'alice',
    `kubectl access request shell -n ${namespace} --template beside --reason OPS-42 --memory 32Mi --wait=40s`,
  )

  expect(asked.code).toBe(0)
  expect(asked.stdout).toContain('resources:  {"memory":"32Mi"}')
  expect(lastLine(asked.stdout)).toMatch(/^kubectl exec -i -t .* -- sh$/)
  expect(await shell('alice', `echo id | ${lastLine(asked.stdout)}`)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('uid=0'),
  })
})

testOnNode('more than its template allows is refused, with the limit', async () => {
  const line = `kubectl access request shell -n ${namespace} --template beside --reason OPS-42 --memory 1Gi`

  expect(await shell('alice', line)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('spec.shell.resources.memory asks for 1Gi, but the template allows at most 64Mi'),
  })
})
