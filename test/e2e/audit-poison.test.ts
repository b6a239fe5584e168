import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'undici'
import type { AuditEvent } from '../../src/api/audit-event.ts'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import { auditLabel } from '../../src/audit/record/event-record.ts'
import { installation } from '../../src/api/installation.ts'
import { accessNamespace } from '../fixtures/access.ts'
import { startAuditSink, type AuditSink } from '../fixtures/audit-sink.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { execCaller, type ExecCaller } from '../fixtures/exec-call.ts'
import { admin } from '../fixtures/kubectl.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { peopleOf, type People } from '../fixtures/people.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { run } from '../fixtures/run.ts'
import { testCluster } from '../fixtures/run-cluster.ts'
import { endWithRecords } from '../fixtures/take-back-records.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { urlHere } from '../fixtures/this-machine.ts'
import { until } from '../fixtures/until.ts'
import { webhookPath } from '../fixtures/webhook-path.ts'
import { wholeChain } from '../fixtures/whole-chain.ts'
import { mayExec } from '../fixtures/workload.ts'

const namespace = 'audit-poison'
const folder = temporaryFolder()
// By night, as many as fill four links.
const maxWaiting = Number(process.env['SALLYPORT_TEST_FLOOD'] ?? 400)
const patienceMs = 50_000
/** Up to 0.1.0, this argv made an event that nobody could read. */
const nothings = Array.from({ length: 4_200 }, () => '')

let archive: AuditSink
let gate: DevGate
let people: People
let alice: ExecCaller
let mallory: ExecCaller

beforeAll(async () => {
  await accessNamespace(namespace)
  await Promise.all(['alice', 'mallory'].map((user) => mayExec(namespace, user)))
  archive = await startAuditSink(folder, 'archive')
  gate = await startDevGate({ audit: { maxWaiting, sinks: [{ name: 'archive', ...archive.config }] } })
  people = await peopleOf(namespace)
  alice = execCaller(testCluster(), 'alice')
  mallory = execCaller(testCluster(), 'mallory')
  await people.access('open', { exec: { pod: 'open', container: 'app' } })
  await paperPod(people.admin, namespace, 'closed')
})
afterAll(async () => {
  await Promise.all([alice.close(), mallory.close()])
  await people[Symbol.asyncDispose]()
  await admin(['delete', 'namespace', namespace, '--wait=false'])
  await endWithRecords(gate)
  await archive[Symbol.asyncDispose]()
})

const wordOf = ({ data }: AuditEvent): string | undefined => data.tried?.command?.[0]

/** Returns the events whose argv begins with one of these words, once the sink has all of them. */
function toldOf(words: readonly string[]): Promise<readonly AuditEvent[]> {
  return until(
    `the sink has ${words[0] ?? ''} and ${words.length - 1} more`,
    () => {
      const found = new Map(archive.events().map((event) => [wordOf(event), event]))
      const events = words.flatMap((word) => found.get(word) ?? [])
      return events.length === words.length ? events : undefined
    },
    patienceMs,
  )
}

/** Checks that no innocent user is accused, and that the sink's chain is whole, also for `audit verify`. */
async function endsWell(): Promise<void> {
  await wholeChain(archive, patienceMs)
  const found = archive.events().filter(({ type }) => type.includes('tamper'))
  expect(found.map(({ data }) => data.message)).toEqual([])
  const verified = await run(process.execPath, ['src/cli/main.ts', 'audit', 'verify', archive.file])
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Whole: /) })
}

test('an exec that is allowed with thousands of empty words is told, and holds up nothing that comes later', async () => {
  expect(await alice.call({ namespace, pod: 'open', command: ['long', ...nothings] })).toMatchObject({ letIn: true })
  expect(await alice.call({ namespace, pod: 'open', command: ['ordinary'] })).toMatchObject({ letIn: true })

  const [event] = await toldOf(['long', 'ordinary'])
  expect(event).toMatchObject({
    type: 'dev.sallyport.gate.allowed.v1',
    data: {
      actor: { username: 'alice' },
      tried: { commandHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      cut: [{ field: 'data.tried.command', length: nothings.length + 1 }],
    },
  })
  expect(event?.data.tried?.command?.at(-1)).toBe('…')
  await endsWell()
})

test('who is denied with thousands of empty words hides nothing of what others do meanwhile', async () => {
  const denied = Array.from({ length: 40 }, (_, index) => `hiding-${index}`)
  const allowed = Array.from({ length: 20 }, (_, index) => `beside-${index}`)
  const [answers] = await Promise.all([
    Promise.all(allowed.map((word) => alice.call({ namespace, pod: 'open', command: [word] }))),
    Promise.all(denied.map((word) => mallory.call({ namespace, pod: 'closed', command: [word, ...nothings] }))),
  ])

  expect(answers.every(({ letIn }) => letIn)).toBe(true)
  await toldOf([...allowed, ...denied])
  await endsWell()
})

test('an image and a resource without end are told by their beginning', async () => {
  const image = `registry.example/${'x'.repeat(20_000)}`
  await admin(
    ['create', '-f', '-'],
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'imaged', namespace },
      spec: {
        schedulerName: 'nobody',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'app', image }],
      },
    }),
  )
  expect(await mallory.call({ namespace, pod: 'imaged', command: ['imaged'] })).toMatchObject({ letIn: false })
  await forged({ uid: 'forged', resource: { group: '', version: 'v1', resource: 'x'.repeat(257) }, subResource: '' })

  const [event] = await toldOf(['imaged'])
  expect(event?.data.target?.image).toMatch(/^registry\.example\/x+…$/)
  expect(event?.data.cut).toMatchObject([{ field: 'data.target.image', length: image.length }])
  const other = await until('the forged one is told', () =>
    archive.events().find(({ data }) => data.decision?.reviewUID === 'forged'),
  )
  expect(other.data.cut).toMatchObject([{ field: 'data.tried.resource', length: 257 }])
  await endsWell()
})

/** Posts a review that no API server sent. Its caller has read the path. */
async function forged(fields: object): Promise<void> {
  const ca = readFileSync(join(gate.folder, 'ca.crt'), 'utf8')
  await using cleanup = new AsyncDisposableStack()
  const pool = cleanup.adopt(new Pool(urlHere(gate.port), { connect: { ca } }), (one) => one.close())
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: `${await webhookPath(people.admin, '/connect')}?timeout=5s`,
    headers: { 'content-type': 'application/json' },
    body: reviewBody(execReview({ namespace, name: 'closed', ...fields })),
  })
  expect([statusCode, await body.text()]).toEqual([200, expect.stringContaining('"allowed":false')])
}

test('more of them than may wait lock nobody out: all are told, and leave the cluster', async () => {
  const words = Array.from({ length: maxWaiting + 100 }, (_, index) => `flood-${index}`)
  const left = [...words]
  const before = archive.taken.length
  const work = async (): Promise<void> => {
    for (let word = left.pop(); word !== undefined; word = left.pop()) {
      const { letIn } = await mallory.call({ namespace, pod: 'closed', command: [word, ...nothings] })
      expect(letIn).toBe(false)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))

  await until(
    'alice is let in',
    async () => (await alice.call({ namespace, pod: 'open', command: ['in'] })).letIn,
    60_000,
  )
  // The sink shares its process with this test. So the file is read only once the events should be there.
  await until('the sink took them', () => archive.taken.length >= before + words.length, 240_000)
  await toldOf(words)
  const kept = async (): Promise<number> => {
    const options = { namespace: installation.namespace, labelSelector: `${auditLabel}=event` }
    const { items } = await people.admin.list(accessRecordKind, options)
    return items.length
  }
  await until('their records are gone', async () => (await kept()) < 300, 120_000)
  await endsWell()
}, 600_000)
