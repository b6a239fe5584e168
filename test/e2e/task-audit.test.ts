import { beforeAll, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { resources } from '../../src/cluster/client/resources.ts'
import { accessNamespace, applied, asked, ended, storedRequest } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { startAuditSink, type AuditSink } from '../fixtures/audit-sink.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { addContainer } from '../fixtures/ephemeral.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { admin } from '../fixtures/kubectl.ts'
import { breachesOf } from '../fixtures/published-schema.ts'
import { endWithRecords } from '../fixtures/take-back-records.ts'
import { taskRequest, taskTemplate, testWithTools } from '../fixtures/tasks.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { runningPod } from '../fixtures/workload.ts'

// A task is told in the same way by a gate that only observes.
const namespace = 'task-audit'
const testWithTask = testWithTools()
const folder = temporaryFolder()

let archive: AuditSink
let gate: DevGate

beforeAll(async () => {
  await accessNamespace(namespace)
  if (testWithNode() === test) await runningPod(namespace, 'web-0')
  archive = await startAuditSink(folder, 'archive')
  gate = await startDevGate({
    enforcement: 'Observe',
    audit: {
      redact: [{ pattern: '^--password$', redacts: 'NextWord' }],
      sinks: [{ name: 'archive', ...archive.config }],
    },
  })
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => endWithRecords(gate),
  () => archive[Symbol.asyncDispose](),
)

async function eventNotes(): Promise<string> {
  const client = clientOf('admin')
  try {
    return JSON.stringify((await client.list(resources.Event, { namespace })).items)
  } finally {
    await client.close()
  }
}

testWithTask('a task tells what ran, with which values, for whom, and how it ended', async () => {
  const parameters = [
    { name: 'queue', pattern: '[a-z]+' },
    { name: 'password', pattern: '[a-z0-9]+' },
  ]
  const command = ['sh', '-c', 'echo "flushed $0"; exit 7', '<queue>', '<password>']
  await applied('admin', taskTemplate(namespace, 'flush', { command, parameters }))
  await applied('alice', taskRequest(namespace, 'flush', { queue: 'mail', password: 'hunter3' }))
  await ended(namespace, 'flush', 'Failed')
  const { metadata, status } = await storedRequest(namespace, 'flush')

  const failed = await until('the end reaches the sink', () =>
    archive
      .events()
      .find(({ type, data }) => type === 'dev.sallyport.request.failed.v1' && data.request?.name === 'flush'),
  )
  const outputSHA256 = createHash('sha256').update('flushed mail\n').digest('hex')
  expect(failed.data).toMatchObject({
    requestor: { username: 'alice' },
    asked: { access: 'task', parameters: { queue: 'mail', password: '[redacted]' } },
    target: { pod: 'web-0', container: 'app' },
    digest: status?.digest,
    summary: '[redacted]',
    message: `its task ended with exit code 7; its output has 13 bytes and SHA-256 ${outputSHA256}`,
    task: { container: `task-${metadata.uid}`, exitCode: 7, outputBytes: 13, outputSHA256 },
  })
  expect(breachesOf(failed)).toEqual([])
  expect(JSON.stringify(archive.events()) + (await eventNotes())).not.toContain('hunter3')
  expect(JSON.stringify(gate.lines)).not.toContain('hunter3')
})

testWithTask('under Observe, too, a task that somebody else adds is not taken for the approved one', async () => {
  const review = { challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } }] }
  await applied('admin', taskTemplate(namespace, 'reviewed', { command: ['true'] }, review))
  await applied('alice', taskRequest(namespace, 'reviewed'))
  const { uid } = await asked(namespace, 'reviewed')
  const container = { name: `task-${uid}`, image: testCluster().images.tools, command: ['sleep', '2'] }
  await addContainer('admin', { namespace, pod: 'web-0', container })

  expect(await ended(namespace, 'reviewed', 'Failed')).toContain('before the task was approved: somebody else added it')
})
