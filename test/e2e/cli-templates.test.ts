import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { apiVersion } from '../../src/api/kinds/kind.ts'
import { administrator } from '../fixtures/administrator.ts'
import { applied } from '../fixtures/access.ts'
import { certificateLogin } from '../fixtures/certificate-login.ts'
import { sre } from '../fixtures/challenges.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { listedNames, oddName } from '../fixtures/listed-names.ts'
import { admin, apply, type KubectlUser } from '../fixtures/kubectl.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import { binderOf, canI, readerOf, roleTemplate, type RoleRef } from '../fixtures/roles.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
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
let oddUser: KubectlUser
let account: KubectlUser
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
  oddUser = await certificateLogin(oddName, 'dev')
  account = await serviceAccountLogin(namespace, 'default')
})

const access = (user: KubectlUser, line: string) => shell(user, `kubectl access -n ${namespace} ${line}`)

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

test('templates --all says why the others are not for one, and -o gives the objects', async () => {
  const all = await access('alice', 'templates --all')
  const none = await access('bob', 'templates -o json')

  expect(all.stdout).toMatch(/^Not for you: AccessTemplate hidden\n {2}it is for user carol, not for alice$/m)
  expect(listedNames((await access('alice', 'templates -o yaml')).stdout)).toEqual(['beside', 'look', 'on-call'])
  expect((await access('alice', 'templates -o name')).stdout).toContain('accesstemplate.access.sallyport.dev/look\n')
  expect((await access('alice', 'templates -o wide')).stdout).toMatch(
    /^on-call +AccessTemplate .* none +any +1h .*group dev/m,
  )
  expect(none).toMatchObject({ code: 0, stderr: expect.stringContaining('No template offers bob anything') })
  expect(listedNames(none.stdout)).toEqual([])
})

describe('can-i', () => {
  testOnNode('exec says no with the way in, and then yes', async () => {
    const before = await access(oddUser, 'can-i exec deploy/web -- id')
    const gone = await access(oddUser, 'can-i exec deploy/web -- reboot')
    await access(oddUser, 'request exec --template look --reason OPS-42 --wait=30s')
    const after = await access(oddUser, 'can-i exec deploy/web -- id')

    expect(before).toMatchObject({ code: 3, stderr: '' })
    expect(before.stdout).toBe(
      "No, but AccessTemplate look offers it: it needs nobody's approval.\n" +
        `Ask, and go in: kubectl access exec deploy/web -n ${namespace} -- id\n`,
    )
    expect(gone).toMatchObject({ code: 3, stdout: expect.stringContaining(`no template offers it to ${oddName}`) })
    expect(after).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Yes, by request exec-look-\w+, until /) })
    expect(await access('alice', 'can-i exec nosuch -- id')).toMatchObject({ code: 3 })
  })

  test('shell says which template offers one, or that none does', async () => {
    expect(await access(oddUser, 'can-i shell beside')).toMatchObject({
      code: 3,
      stdout:
        "No, but AccessTemplate beside offers it: it needs nobody's approval.\n" +
        `Ask, and go in: kubectl access shell beside -n ${namespace}\n`,
    })
    expect(await access('alice', 'can-i shell nosuch')).toMatchObject({ code: 3 })
    expect(await access('bob', 'can-i shell beside')).toMatchObject({
      code: 3,
      stdout: 'No. AccessTemplate beside: it is for group dev, not for bob\n',
    })
    expect(await access(account, 'can-i shell beside')).toMatchObject({
      // It cannot be told: who may not see requests may not see their own.
      code: 1,
      stderr: expect.stringContaining('cannot list resource "accessrequests"'),
    })
  })
})

describe('templates test', () => {
  const file = (name: string, template: object): string => {
    const path = join(testCluster().dir, name)
    writeFileSync(path, JSON.stringify(template))
    return path
  }

  test('tells what a user could ask under a template that is not stored', async () => {
    const path = file(
      'new.yaml',
      templateFile(namespace, 'new', { challenges: [{ peerReview: { count: 2, reviewers: [sre] } }] }),
    )

    const mine = await access('admin', `templates test ${path} --as alice --as-group dev`)
    const other = await access('admin', `templates test - --as '${oddName}' < ${path}`)

    expect(mine).toMatchObject({ code: 0, stderr: '' })
    for (const line of [
      /^AccessTemplate new\n {2}the server would take it$/m,
      /^ {2}subject: +alice is one of: group dev$/m,
      /^ {2}needs: +approval by 2 of group sre$/m,
      /^ {2}request: +it would be taken$/m,
      /^ {2}server: +not tried: the template is not stored yet$/m,
    ])
      expect(mine.stdout).toMatch(line)
    expect(other.code).toBe(1)
    expect(other.stdout).toMatch(/^ {2}subject: +Al@ice:\/#,=X is NOT one of: group dev$/m)
    expect(await admin(['get', 'atmpl', 'new', '-n', namespace, '--ignore-not-found'])).toBe('')
  })

  test('asks the server as the user, if the template is stored and one may impersonate', async () => {
    const path = file('stored.yaml', templateFile(namespace, 'hidden', { subjects: [{ kind: 'User', name: 'carol' }] }))

    const asCarol = await access('admin', `templates test ${path} --as carol --as-group dev`)
    const asNobody = await access('admin', `templates test ${path} --as nobody`)

    expect(asCarol).toMatchObject({ code: 0 })
    expect(asCarol.stdout).toMatch(
      /^ {2}server: +RBAC lets carol ask there; its gate takes no request by impersonation/m,
    )
    expect(asNobody.stdout).toMatch(/^ {2}server: +refuses it: .*User "nobody" cannot create resource/m)
  })

  test('says what is wrong with a file, and with one who may not write templates', async () => {
    const wrong = file('wrong.yaml', templateFile(namespace, 'wrong', { access: {} }))
    const unknown = file('unknown.yaml', templateFile(namespace, 'unknown', { acces: {} }))

    expect((await access('admin', `templates test ${wrong} --as alice`)).stdout).toContain('the server refuses it: ')
    expect((await access('admin', `templates test ${unknown} --as alice`)).stdout).toContain('spec.acces')
    expect((await access('alice', `templates test ${unknown} --as alice`)).stderr).toContain('is forbidden')
    expect(await access('admin', 'templates test /nosuch.yaml --as alice')).toMatchObject({ code: 1 })
  })
})
