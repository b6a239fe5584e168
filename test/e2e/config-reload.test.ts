import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { clientOf } from '../fixtures/api-client.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { execCaller, type ExecCaller } from '../fixtures/exec-call.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { untilGateKept } from '../fixtures/lease.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { testCluster } from '../fixtures/run-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec } from '../fixtures/workload.ts'

const namespace = 'config-reload'
let gate: DevGate
let first: object
let alice: ExecCaller

beforeAll(async () => {
  await admin(['create', 'namespace', namespace])
  await mayExec(namespace, 'alice')
  await paperPod(clientOf('admin'), namespace, 'web-0')
  alice = execCaller(testCluster(), 'alice')
  // No look of the leader is due in this suite: it sees all at once.
  gate = await startDevGate({ selfCheck: { interval: '1h' } })
  await untilGateKept()
  first = parse(readFileSync(join(gate.folder, 'config.yaml'), 'utf8')) as object
})
afterAll(async () => {
  await alice.close()
  expect(await gate.stop()).toBe(0)
  await admin(['delete', 'namespace', namespace, '--wait=false'])
})

function configure(fields: object): void {
  const file = join(gate.folder, 'config.yaml')
  writeFileSync(`${file}.new`, stringify({ ...first, ...fields }))
  renameSync(`${file}.new`, file)
}

const said = (msg: string): number => gate.lines.filter((line) => line.msg === msg).length

async function letsIn(): Promise<boolean> {
  return (await alice.call({ namespace, pod: 'web-0', command: ['id'] })).letIn
}

interface Configuration {
  readonly webhooks: readonly { readonly name: string; readonly failurePolicy: string }[]
}

async function configuration(): Promise<Configuration> {
  const { stdout } = await kubectl('admin', ['get', 'validatingwebhookconfiguration', 'sallyport', '-o', 'json'])
  return JSON.parse(stdout) as Configuration
}

async function policyOfGate(): Promise<string | undefined> {
  const { webhooks } = await configuration()
  return webhooks.find(({ name }) => name === 'gate.access.sallyport.dev')?.failurePolicy
}

test('the gate, the leader and what the API server asks follow the config, and nobody calls it tampering', async () => {
  expect(await letsIn()).toBe(false)

  configure({ enforcement: 'Observe' })
  await until('the leader has written', async () => (await policyOfGate()) === 'Ignore')
  await until('alice gets in', letsIn)
  await until('it is told', () => said('the installation follows the config') > 0)

  configure({ enforcement: 'Enforce', selfCheck: { interval: '1h', onDifference: 'Report' } })
  await until('the leader has written', async () => (await policyOfGate()) === 'Fail')
  await until('alice is stopped', async () => !(await letsIn()))
  expect(said('self-check')).toBe(0)
})

test('a group that breaks the glass is known to the API server without a restart', async () => {
  const people = { subjects: [{ kind: 'User', name: 'alice' }] }
  configure({ breakGlass: people, identity: { impersonation: 'Record' } })
  // The API server goes on without the webhook that hears of it, so a busy machine may lose the first of these calls.
  await until(
    'alice breaks the glass, and it is recorded',
    async () => (await letsIn()) && gate.decisions.find(({ code }) => code === 'BREAK_GLASS'),
  )

  configure({})
  await until('alice is stopped', async () => !(await letsIn()))
})

test('what somebody puts back to an earlier config is a finding', async () => {
  const before = said('self-check')
  const replaced = { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }
  await admin([
    ...['patch', 'validatingwebhookconfiguration', 'sallyport', '--type=json'],
    ...['-p', JSON.stringify([replaced])],
  ])

  await until('it is told', () => said('self-check') > before)
  expect(await policyOfGate()).toBe('Fail')
})

const uidOf = async (kind: string): Promise<string> =>
  (await kubectl('admin', ['get', kind, 'sallyport', '-o', 'jsonpath={.metadata.uid}'])).stdout

test.each(['validatingwebhookconfiguration', 'mutatingwebhookconfiguration'])(
  'a deleted %s is back within 2 s',
  async (kind) => {
    const before = await uidOf(kind)
    const [told, begunAt] = [said('self-check'), Date.now()]
    await admin(['delete', kind, 'sallyport', '--wait=false'])

    await until('it is back', async () => !['', before].includes(await uidOf(kind)))

    const took = Date.now() - begunAt
    console.log(`a deleted ${kind} was back after ${took} ms`)
    // The goal is two seconds; the rest is for a busy machine.
    expect(took).toBeLessThan(5_000)
    await until('it is told', () => said('self-check') > told)
  },
)

test('a ClusterRole that is made anew owns the configurations soon', async () => {
  const text = await admin(['get', 'clusterrole', 'sallyport', '-o', 'json'])
  const role = JSON.parse(text) as { readonly metadata: { readonly name: string; readonly labels: object } }
  const { name, labels } = role.metadata
  await admin(['replace', '--force', '-f', '-'], JSON.stringify({ ...role, metadata: { name, labels } }))
  const owner = await uidOf('clusterrole')
  const owners = ['-o', 'jsonpath={.metadata.ownerReferences[*].uid}']

  await until('it owns them', async () => {
    const { stdout } = await kubectl('admin', ['get', 'validatingwebhookconfiguration', 'sallyport', ...owners])
    return stdout === owner
  })
})
