import { beforeAll, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { readFileSync } from 'node:fs'
import { exec, rawExec } from '../fixtures/access.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin } from '../fixtures/kubectl.ts'
import { shellWith, type Shell } from '../fixtures/shell.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

// Every command of docs/emergency.md is run here, as the page has it and in its order.
const [look, search, open, close, ...more] = [
  ...readFileSync('docs/emergency.md', 'utf8').matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, commands = '']) => commands)

const namespace = 'emergency'
const testOnNode = testWithNode()
const { auditLog } = testCluster()
const testWithAuditLog = auditLog === undefined ? test.skip : testOnNode

let gate: DevGate
let shell: Shell

beforeAll(async () => {
  await admin(['create', 'namespace', namespace])
  for (const user of ['alice', 'carol']) await mayExec(namespace, user)
  await (testOnNode === test ? runningPod(namespace, 'web-0') : undefined)
  gate = await startDevGate({
    breakGlass: { subjects: [{ kind: 'User', name: 'carol' }] },
    selfCheck: { interval: '1s' },
  })
  shell = shellWith({}, { AUDIT_LOG: auditLog ?? '' })
})
inTheEnd(
  () => process.kill(gate.pid, 'SIGCONT'),
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => gate.stop(),
)

/** Returns the output that the administrator sees after typing the commands of the page. */
async function typed(commands: string | undefined): Promise<string> {
  const { code, stdout, stderr } = await shell('admin', commands ?? 'false')
  if (code !== 0) throw new Error(stderr)
  return stdout
}

test('the page has no command that is not tried here', () => {
  expect(more).toEqual([])
})

test('it shows who may break the glass, and the proof of a login', async () => {
  const shown = await typed(look)

  expect(shown).toContain('request.userInfo.username in [\\"carol\\"]')
  expect(shown).toContain('authentication.kubernetes.io/credential-id')
})

testWithAuditLog(
  'a use while the gate is down is found in the audit log of the API server, and one while it is up is not',
  async () => {
    expect(await exec('carol', namespace, { command: ['echo', 'up'] })).toMatchObject({ code: 0 })
    process.kill(gate.pid, 'SIGSTOP')
    expect(await exec('carol', namespace, { command: ['echo', 'down'] })).toMatchObject({ code: 0 })

    const found = await until('it is in the log', async () => (await shell('admin', search ?? 'false')).stdout)

    expect(found).toContain('command=down')
    expect(found).not.toContain('command=up')
  },
)

testOnNode(
  'it opens a gate that is down, to all whom RBAC lets in, and it stays open when the gate comes back',
  async () => {
    process.kill(gate.pid, 'SIGSTOP')
    expect(await rawExec('alice', namespace, 'command=id')).toContain(
      'failed calling webhook "gate.access.sallyport.dev"',
    )

    await typed(open)

    await until('alice gets in', async () => (await exec('alice', namespace)).code === 0)
    process.kill(gate.pid, 'SIGCONT')
    // The gate may lead for the first time only now. Then it was not this one that had closed the cluster.
    await until('the gate may not close it', () =>
      gate.lines.some((line) => 'outcome' in line && line.outcome === 'not restored'),
    )
    expect(await exec('alice', namespace)).toMatchObject({ code: 0 })
  },
)

testOnNode('it closes it again', async () => {
  await typed(close)

  await until('alice stays out', async () => (await rawExec('alice', namespace, 'command=id')).includes('E_NO_PASS'))
})
