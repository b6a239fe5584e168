import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertAll } from '../../src/cli/migrate/convert-all.ts'
import { documentsOf } from '../../src/cli/migrate/read/documents.ts'
import { joinedConfig } from '../../src/cli/migrate/write/joined-config.ts'
import { applied, asked, deniedExec, ended, exec, grantFile, storedRequest, readyRequest } from '../fixtures/access.ts'
import { pages } from '../fixtures/documents.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { admin, apply, kubectl, kubectlOk, type KubectlUser } from '../fixtures/kubectl.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import { bindingsOf, canI, readerOf, untilReady, untilUnbound, uidOf } from '../fixtures/roles.ts'
import type { Shell } from '../fixtures/shell.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

// This suite converts each file of examples/migrate, applies the result, and does what the file tells of. Names and the
// image are changed.
const namespace = 'migrate'
const other = `${namespace}-jobs`
const testOnNode = testWithNode()
const folder = temporaryFolder()

/** Copies the examples, so that they are about the namespaces and the people of this suite. */
function copyExamples(): void {
  cpSync('examples/migrate', folder, { recursive: true })
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.yaml')) continue
    const file = join(folder, entry)
    const text = readFileSync(file, 'utf8')
      .replaceAll('shop', namespace)
      .replaceAll('busybox:1.37', testCluster().images.busybox)
      .replaceAll('backup-runner', 'carol')
    writeFileSync(file, text)
  }
}

const at = (path: string): string => join(folder, path)

/** Returns the fields of the config that the examples become. */
function configOf(...paths: readonly string[]): object {
  const inputs = paths.map((path) => ({ name: path, text: readFileSync(at(path), 'utf8') }))
  return joinedConfig(convertAll(documentsOf(inputs).documents))
}

const portForwarder = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: `${namespace}-port-forwarder` },
  rules: [{ apiGroups: [''], resources: ['pods/portforward'], verbs: ['create'] }],
}

copyExamples()
let shell: Shell
gatedNamespace(
  namespace,
  async () => {
    shell = await shellWithPlugin()
    await admin(['create', 'namespace', other])
    await admin(['apply', '-f', at('oz/deployment.yaml'), '-f', at('kudo/rbac.yaml')])
    await apply(readerOf('secrets', 'jobs', other), portForwarder)
    await mayExec(namespace, 'carol')
    await mayExec(namespace, 'mallory')
    if (!testCluster().node.ready) return
    await runningPod(namespace, 'web-0')
    await admin(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s'])
  },
  configOf('oz/rollout-template.yaml', 'kube-request-access/deployment.yaml'),
)

/** The ends of lines that a user typed, with what they printed. */
interface Typed {
  readonly stdout: string
  readonly stderr: string
}

async function typed(user: KubectlUser, line: string): Promise<Typed> {
  const { code, stdout, stderr } = await shell(user, line)
  if (code !== 0) throw new Error(`${line}: ${stdout}${stderr}`)
  return { stdout, stderr }
}

/** Returns the command of docs/migrate.md with these words, for the copies of the examples. */
function documented(words: string): string {
  const blocks = pages.find(({ file }) => file === 'docs/migrate.md')?.blocks ?? []
  const found = blocks.find(({ language, text }) => language === 'sh' && text.includes(words))
  return found?.text.trim().replace('examples/migrate', folder) ?? `docs/migrate.md has no ${words}`
}

const systems = ['oz', 'kube-request-access', 'kudo', 'podconfig-operator'] as const
const reports = new Map<string, string>()
/** The text of each file that was applied. Its folder may go before the objects. */
const written: string[] = []

beforeAll(async () => {
  for (const system of systems) {
    const file = join(folder, `${system}.out`)
    // One example of Oz is empty, so there the exit code is 1.
    const line = `kubectl access migrate -f ${at(system)} > ${file} || [ ${system} = oz ]`
    const { stderr } = await typed('admin', line)
    reports.set(system, stderr)
    const text = readFileSync(file, 'utf8')
    if (text === '') continue
    written.push(text)
    await applyInTime(file)
  }
})
const clusterRoles = ['config-viewer', 'can-escalate', 'port-forwarder'].map((name) => `${namespace}-${name}`)
inTheEnd(
  async () => {
    for (const text of written) await admin(['delete', '--ignore-not-found', '-f', '-'], text)
  },
  () => admin(['delete', 'clusterrole', '--ignore-not-found', ...clusterRoles]),
  () => admin(['delete', 'clusterrolebinding', '--ignore-not-found', `${namespace}-can-escalate`]),
)
afterAll(() => admin(['delete', 'namespace', other, '--wait=false']))

/** Applies a file. On a busy machine the first expression may not be compiled in time, and the API server is told so. */
async function applyInTime(file: string): Promise<void> {
  await until(`${file} is applied`, async () => {
    const { code, stderr } = await shell('admin', `kubectl apply -f ${file}`)
    if (code !== 0 && !stderr.includes('E_DEADLINE')) throw new Error(stderr)
    return code === 0
  })
}

/** Lets a user apply the requests of a file or folder, by the command of the page. Returns their names. */
async function askAs(user: KubectlUser, file: string): Promise<readonly string[]> {
  const { stdout } = await typed(user, `${documented('--requests').replace(at('kudo'), at(file))} -o name`)
  return stdout
    .trimEnd()
    .split('\n')
    .map((name) => name.split('/')[1] ?? '')
}

/** Lets alice ask by a file that has one request. */
async function ask(file: string): Promise<string> {
  const [name = ''] = await askAs('alice', file)
  return name
}

async function ready(name: string): Promise<string> {
  await readyRequest(namespace, name, 60)
  return (await storedRequest(namespace, name)).status?.accessMessage ?? ''
}

async function approve(name: string): Promise<void> {
  const { digest } = await asked(namespace, name)
  await applied('bob', grantFile(namespace, name, { requestRef: { name }, digest }))
}

/** Runs a command as alice in the pod that a message names. */
async function inside(message: string, command: readonly string[]): Promise<string> {
  const pod = message.split(' ').find((word) => /^(web|sallyport)-/.test(word)) ?? ''
  return kubectlOk('alice', ['exec', pod, '-n', namespace, '--', ...command])
}

test('the command of the page converts and applies in one go', async () => {
  expect((await typed('admin', documented('kubectl apply'))).stdout).toContain('clusteraccesstemplate')
})

test('what the files hold and nobody converts stands in the report', () => {
  expect(reports.get('oz')).toContain('empty-samples.yaml#1: ExecAccessTemplate migrate/sample\n  is not converted\n')
  expect(reports.get('oz')).toContain('Deployment migrate/web')
  expect(reports.get('kube-request-access')).toContain('--audit-webhook-url=https://audit.example.org/events')
  expect(reports.get('podconfig-operator')).toContain('no equal: spec.networkAttachments')
  expect(reports.get('podconfig-operator')).toMatch(/^2 objects: 0 converted, 2 without an equal/)
})

test('every template that names a workload of the cluster becomes Ready', async () => {
  const names = ['web', 'web-shell', 'tools-shell', 'both-shell', 'webaccess']
  const wait = ['wait', '--for=condition=Ready', '-n', namespace, '--timeout=60s']
  await admin([...wait, ...names.map((name) => `atmpl/${name}`)])

  const clusterWide = ['config', 'port-forward', 'several', 'several-default', 'time-window', 'two-factor']
  await admin([
    'wait',
    '--for=condition=Ready',
    '--timeout=60s',
    ...clusterWide.map((name) => `catmpl/${namespace}-${name}`),
  ])
})

test('Oz: a Rollout is a target once the config has what was written for it', async () => {
  await admin(['wait', '--for=condition=TargetExists=False', 'atmpl/canary', '-n', namespace, '--timeout=60s'])
})

testOnNode('Oz: alice asks for a pod of the workload, and is in', async () => {
  const message = await ready(await ask('oz/exec-access-request.yaml'))

  expect(message).toMatch(/^kubectl exec -ti -n migrate web-[^ ]+ -- \/bin\/sh$/)
  expect(await inside(message, ['sh', '-c', 'echo $STAGE'])).toBe('production\n')
})

testOnNode("Oz: the request of its README names the template by the README's name", async () => {
  const [, name = ''] = ['', ...(await askAs('alice', 'oz/readme.yaml'))]

  expect(await ready(name)).toMatch(/^kubectl exec -i -t web-/)
})

testOnNode('Oz: alice gets a pod of her own, as the template changes it', async () => {
  const message = await ready(await ask('oz/pod-access-request.yaml'))
  const pod = message.split(' ')[5] ?? ''

  expect(message).toMatch(/^kubectl exec -ti -n migrate sallyport-[^ ]+ -- \/bin\/sh$/)
  expect(await inside(message, ['sh', '-c', 'echo $STAGE'])).toBe('debug\n')
  const stored = await admin([
    ...['get', 'pod', pod, '-n', namespace, '-o'],
    'jsonpath={.spec.containers[0].name} {.spec.hostname} {.metadata.labels.purpose} {.metadata.labels.app} {.metadata.annotations.example\\.org/owner} {.spec.containers[0].resources.requests.cpu}',
  ])
  expect(stored).toBe('app debugging debugging  migrate-team 10m')
})

testOnNode('Oz: a pod spec that Oz never used becomes a pod', async () => {
  const line = `kubectl access request shell -n ${namespace} --template tools-shell --reason tools --name own-tools`
  await typed('alice', line)

  expect(await inside(await ready('own-tools'), ['hostname'])).toBe('tools\n')
})

testOnNode(
  'kube-request-access: alice asks, bob grants, and the one command runs, for as long as it is valid',
  async () => {
    const name = await ask('kube-request-access/access-request.yaml')
    await approve(name)
    await ready(name)

    const run = (command: readonly string[]): Promise<unknown> => exec('alice', namespace, { command })
    expect(await run(['cat', '/etc/hostname'])).toMatchObject({ code: 0, stdout: 'web-0\n' })
    expect(await run(['cat', '/etc/hostname'])).toMatchObject({ code: 0 })
    expect(await deniedExec('alice', namespace, { command: ['cat', '/etc/passwd'] })).toContain('(E_NOT_ASKED)')
    const { spec } = await storedRequest(namespace, name)
    expect(spec).toMatchObject({ duration: '1h', attributes: { ticket: 'OPS-42' }, requestor: { username: 'alice' } })
  },
)

testOnNode('kube-request-access: a request without a period is for one use', async () => {
  const name = await ask('kube-request-access/once.yaml')
  await approve(name)
  await ready(name)

  expect(await exec('alice', namespace)).toMatchObject({ code: 0 })
  // kubectl makes the same call twice where a proxy refuses WebSocket, so the second one may pass.
  await exec('alice', namespace)
  expect(await deniedExec('alice', namespace)).toContain('(E_')
})

testOnNode('kube-request-access: an always allowed user is exempted, and nobody else', async () => {
  expect(await exec('carol', namespace)).toMatchObject({ code: 0 })
  await deniedExec('mallory', namespace)
})

test('kube-request-access: who could ask and grant still may', async () => {
  const rights = await admin(['get', 'rolebindings', '-n', namespace, '-o', 'name'])

  for (const name of ['developers-sallyport-requestor', 'granters-sallyport-approver']) expect(rights).toContain(name)
})

test('kudo: the role is bound once sre has approved, for a time, and is gone then', async () => {
  expect(await canI('alice', 'list', 'configmaps', namespace)).toBe(false)
  const [name = '', both = ''] = await askAs('alice', 'kudo')
  await untilReady(namespace, both)
  expect(await canI('alice', 'list', 'configmaps', namespace)).toBe(true)
  expect(await canI('alice', 'list', 'secrets', other)).toBe(true)
  await kubectlOk('alice', ['delete', 'areq', both, '-n', namespace])

  await approve(name)
  await untilReady(namespace, name)
  const uid = await uidOf(namespace, name)
  expect((await bindingsOf(uid)).map(({ roleRef }) => roleRef.name)).toEqual([`${namespace}-config-viewer`])
  await ended(namespace, name, 'Expired')
  await untilUnbound(uid)
  await until('the right is gone', async () => !(await canI('alice', 'list', 'configmaps', namespace)))
})

/** Returns the line that asks for the roles of a ClusterAccessTemplate that came of a policy. */
function escalation(policy: string, name: string): string {
  const template = `--cluster-template ${namespace}-${policy}`
  return `kubectl access request role -n ${namespace} ${template} --reason OPS-42 --name ${name}`
}

test('kudo: a challenge that kudo never had waits for its reviewers', async () => {
  await typed('alice', escalation('two-factor', 'second-factor'))

  await until('sre is awaited', async () => {
    const { status } = await storedRequest(namespace, 'second-factor')
    return status?.awaits === '1 of sre'
  })
})

test('kudo: a challenge without reviewers keeps everybody out', async () => {
  await shell('alice', escalation('time-window', 'closed-window'))

  expect(await ended(namespace, 'closed-window', 'Denied')).toContain(
    'a challenge of the kudo policy was not converted',
  )
})

testOnNode('kudo: a role for port-forward is bound, and the way in is a request for the pod', async () => {
  expect(reports.get('kudo')).toContain('the role gives pods/portforward, and the gate still stops these')
  await typed('alice', escalation('port-forward', 'forwarding'))
  await approve('forwarding')
  await untilReady(namespace, 'forwarding')
  const allowed = ['auth', 'can-i', 'create', 'pods', '--subresource=portforward', '-n', namespace]
  expect(await kubectlOk('alice', allowed)).toBe('yes\n')
  const { stderr } = await kubectl('alice', ['create', '--raw', portForward, '-f', '-'], '{}')
  expect(stderr).toContain('(E_')

  await typed(
    'alice',
    `kubectl access request exec web-0 -n ${namespace} --subresource portforward --reason ports --name pod-ports`,
  )
  await approve('pod-ports')
  await untilReady(namespace, 'pod-ports')
  const { stderr: passed } = await kubectl('alice', ['create', '--raw', portForward, '-f', '-'], '{}')
  expect(passed).not.toContain('(E_')
})

const portForward = `/api/v1/namespaces/${namespace}/pods/web-0/portforward`
