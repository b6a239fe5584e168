import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { applied, asked, grantFile, requestFile, storedRequest, type File, readyRequest } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectlOk } from '../fixtures/kubectl.ts'
import { logsFiles, templateFile } from '../fixtures/templates.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'

// This suite applies each file of examples/templates as it stands, and uses its template. Only the namespace is changed.
// The suite task-profiles has those of tasks.
const namespace = 'example-templates'
const testOnNode = testWithNode()
const folder = 'examples/templates'
const files = new Map(
  yamlFilesIn(folder).map((file): [string, readonly File[]] => [
    file,
    objectsIn(readFileSync(`${folder}/${file}`, 'utf8')),
  ]),
)

function yamlFilesIn(path: string): readonly string[] {
  return readdirSync(path).filter((name) => name.endsWith('.yaml'))
}

function objectsIn(text: string): readonly File[] {
  return parseAllDocuments(text.replaceAll('shop', namespace)).map((document) => document.toJS() as File)
}

gatedNamespace(namespace, async () => {
  await admin(['label', 'namespace', namespace, `team=${namespace}`])
  await apply(...logsFiles(namespace, 'web', { app: 'one\ntwo\nthree\n' }))
  if (testCluster().node.ready) await admin(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s'])
})
beforeAll(async () => {
  for (const file of [...files.values()].flat()) await applied('admin', file)
})
afterAll(async () => {
  const clusterWide = [...files.values()].flat().filter(({ metadata }) => metadata.namespace === undefined)
  for (const { kind, metadata } of clusterWide) await admin(['delete', kind, metadata.name])
})

/** Lets alice ask under the template of a file. */
async function askUnder(file: string, access: object): Promise<string> {
  const [template = templateFile(namespace, '')] = files.get(file) ?? []
  const name = file.replace('.yaml', '')
  const templateRef = { kind: template.kind, name: template.metadata.name }
  const asking = { templateRef, reason: 'OPS-42 stuck queue', duration: undefined, exec: undefined, ...access }
  await applied('alice', requestFile(namespace, name, asking))
  return name
}

async function approve(user: 'bob' | 'carol', request: string): Promise<void> {
  const { digest } = await asked(namespace, request)
  await applied(user, grantFile(namespace, `${request}-${user}`, { requestRef: { name: request }, digest }))
}

async function ready(name: string): Promise<string> {
  await readyRequest(namespace, name, 60)
  return (await storedRequest(namespace, name)).status?.accessMessage ?? ''
}

const entered = (message: string): Promise<string> => kubectlOk('alice', message.split(' ').slice(1))

test('every file is used by a test below', () => {
  expect([...files.keys()].toSorted()).toEqual([
    ...['cluster-wide.yaml', 'debug.yaml', 'exec.yaml', 'hours.yaml', 'logs.yaml', 'quorum.yaml'],
    ...['role.yaml', 'shell.yaml'],
  ])
})

test('the table of templates says what they offer, whose approval they need, and when', async () => {
  await admin(['wait', '--for=condition=Ready', 'atmpl', '--all', '-n', namespace, '--timeout=60s'])

  const table = await kubectlOk('alice', ['get', 'atmpl', '-n', namespace])

  const rows = table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/).slice(0, -1))
  expect(rows).toEqual([
    ['NAME', 'ACCESS', 'APPROVALS', 'HOURS', 'READY'],
    ['debug-web', 'exec, debug Deployment/web', '1 sre', 'any', 'True'],
    ['look-around', 'role view', 'none', 'any', 'True'],
    ['office-hours', 'exec Deployment/web', 'none', 'Mon-Fri 09:00-17:00 Europe/Berlin', 'True'],
    ['production-shell', 'exec Deployment/web', '1 sre + 1 security', 'any', 'True'],
    ['read-config', 'exec Deployment/web', 'none', 'any', 'True'],
    ['read-logs', 'exec Deployment/web', 'none', 'any', 'True'],
    ['web-shell', 'shell Deployment/web', 'none', 'any', 'True'],
  ])
})

testOnNode('exec', async () => {
  const name = await askUnder('exec.yaml', { exec: { command: ['cat', '/etc/hostname'] } })

  expect(await entered(await ready(name))).toMatch(/^web-/)
})

testOnNode('logs', async () => {
  const name = await askUnder('logs.yaml', { exec: { command: ['tail', '-n', '2', '/var/log/app'] } })

  expect(await entered(await ready(name))).toBe('two\nthree\n')
})

testOnNode('debug', async () => {
  const name = await askUnder('debug.yaml', { exec: { debug: true } })
  await approve('bob', name)

  expect(await ready(name)).toContain('kubectl debug -it web-')
})

testOnNode('shell', async () => {
  const name = await askUnder('shell.yaml', { shell: {} })
  const message = await ready(name)

  expect(message).toMatch(/^kubectl exec -i -t /)
  expect(await entered(message.replace('-i -t ', '').replace('-- sh', '-- hostname'))).toContain('sallyport-')
})

test('role', async () => {
  const name = await askUnder('role.yaml', { role: {} })
  await ready(name)

  expect(await kubectlOk('alice', ['get', 'deployments', '-n', namespace])).toContain('web')
})

testOnNode('cluster-wide', async () => {
  const name = await askUnder('cluster-wide.yaml', { exec: { command: ['uptime'] } })

  expect(await entered(await ready(name))).toContain('load average')
})

testOnNode('quorum: one approval is not enough', async () => {
  const name = await askUnder('quorum.yaml', { exec: {} })
  await approve('bob', name)
  await until(
    'carol is awaited',
    async () => (await storedRequest(namespace, name)).status?.awaits === '1 of security' || undefined,
  )
  await approve('carol', name)

  expect(await ready(name)).toMatch(/^kubectl exec web-/)
})

testOnNode('hours: it opens now, or the request says when', async () => {
  const name = await askUnder('hours.yaml', { exec: { command: ['uptime'] } })

  const status = await until('it is open, or waits', async () => {
    const { status: told } = await storedRequest(namespace, name)
    return told?.phase === 'Active' || told?.awaits?.startsWith('opens ') ? told : undefined
  })
  expect(status.phase).toBe(status.awaits === undefined ? 'Active' : 'Scheduled')
})
