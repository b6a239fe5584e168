import { beforeAll, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import type { AuditEvent } from '../../src/api/audit-event.ts'
import { accessRecordKind, type AccessRecord } from '../../src/api/kinds/access-record.ts'
import { auditLabel } from '../../src/audit/record/event-record.ts'
import { readRecord } from '../../src/audit/record/read-record.ts'
import { verifyChain } from '../../src/audit/chain/verify-chain.ts'
import { installation } from '../../src/api/installation.ts'
import type { ProxiedRequest } from '../faults/fault.ts'
import { faultGround } from '../faults/ground.ts'
import type { FaultProxy } from '../faults/proxy.ts'
import { startAuditSink, type AuditSink } from '../fixtures/audit-sink.ts'
import { execCaller, type ExecCall, type ExecCaller } from '../fixtures/exec-call.ts'
import { freeLease } from '../fixtures/lease.ts'
import type { People } from '../fixtures/people.ts'
import { leads, type Replica } from '../fixtures/replica.ts'
import { testCluster } from '../fixtures/run-cluster.ts'
import { takeBackRecords } from '../fixtures/take-back-records.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'audit-crash'
const folder = temporaryFolder()
const pod = 'web-0'
const maxWaiting = 100

let archive: AuditSink
let proxy: FaultProxy
let people: People
let replica: Replica
let alice: ExecCaller

// This step comes before the ground is taken away.
inTheEnd(
  () => Promise.all([alice.close(), archive[Symbol.asyncDispose]()]),
  () => replica[Symbol.asyncDispose](),
  () => takeBackRecords(ground().installed.kubeconfig),
)
const ground = faultGround(namespace, async () => {
  archive = await startAuditSink(folder, 'archive')
  return { audit: { maxWaiting, sinks: [{ name: 'archive', ...archive.config }] } }
})
beforeAll(async () => {
  people = ground().people
  proxy = ground().proxy
  alice = execCaller(testCluster(), 'alice')
  replica = await ground().serve()
  await people.access(pod, { exec: { pod, container: 'app' } })
})

const exec = (word: string): Promise<ExecCall> => alice.call({ namespace, pod, command: ['echo', word] })
const wordOf = ({ data }: AuditEvent): string | undefined => data.tried?.command?.[1]
const toldOf = (word: string): readonly AuditEvent[] => archive.events().filter((event) => wordOf(event) === word)
const timesTaken = ({ id }: AuditEvent): number => archive.taken.filter((one) => one === id).length

async function killed(): Promise<void> {
  replica.signal('SIGKILL')
  await replica.ended
  proxy.startAfresh()
  archive.manner = 'take'
  await freeLease()
  replica = await ground().serve()
  await until('it leads', () => leads(replica))
}

const isAllow = ({ method, path, body }: ProxiedRequest): boolean =>
  method === 'POST' && path.endsWith('/accessrecords') && body.includes('gate.allowed')

async function kept(): Promise<readonly AuditEvent[]> {
  const options = { namespace: installation.namespace, labelSelector: auditLabel }
  const { items } = await people.admin.list(accessRecordKind, options)
  return items.flatMap((item) => readRecord(item as AccessRecord).events)
}

async function verifies(): Promise<void> {
  await until('the chain is whole and has all', () => {
    const result = verifyChain(archive.events())
    return result.ok && result.unlinked === 0
  }).catch((error: unknown) => {
    throw new Error(JSON.stringify(verifyChain(archive.events())), { cause: error })
  })
}

test.each([
  ['before it has reached the API server', 'silence', 0],
  ['before its answer', 'hold-answer', 1],
] as const)(
  'killed while it keeps an allow, %s: nobody was let in, and what is kept is told',
  async (_title, kind, told) => {
    let isHeld = false
    const hold = (): Promise<never> => {
      isHeld = true
      return new Promise(() => undefined)
    }
    proxy.onRequest((request) => {
      if (!isAllow(request)) return undefined
      if (kind === 'hold-answer') return { kind, until: hold }
      void hold()
      return { kind }
    })
    const word = `held-${kind}`
    const call = exec(word)
    await until('the write is held', () => isHeld)
    await killed()

    expect(await call).toMatchObject({ letIn: false })
    // This comes later than all that may still be reported about the exec before it.
    expect(await exec(`after-${kind}`)).toMatchObject({ letIn: true })
    await until('what comes after is told', () => toldOf(`after-${kind}`).length === 1)
    expect(toldOf(word)).toHaveLength(told)
    await verifies()
  },
)

test('an allow that was answered is kept, whenever it is killed after', async () => {
  archive.manner = 'cut'
  const words = Array.from({ length: 20 }, (_, index) => `answered-${index}`)
  const calls = words.map((word) => exec(word))
  // Some calls are answered by then, and some are not.
  await Promise.any(calls)
  replica.signal('SIGKILL')
  const answered = await Promise.all(calls)
  const records = await kept()
  await killed()

  const letIn = words.filter((_, index) => answered[index]?.letIn)
  expect(letIn.length).toBeGreaterThan(0)
  expect(records.map(wordOf)).toEqual(expect.arrayContaining(letIn))
  await until('all are told', () => letIn.every((word) => toldOf(word).length === 1))
  await verifies()
})

test('killed while it marks what it has delivered: it is told again, under the same id', async () => {
  const word = 'marked'
  let isHeld = false
  proxy.onRequest(({ method, path }) => {
    if (method !== 'PATCH' || !path.includes('/accessrecords/link-') || toldOf(word).length === 0) return undefined
    isHeld = true
    return { kind: 'silence' }
  })
  expect(await exec(word)).toMatchObject({ letIn: true })
  await until('the mark is held', () => isHeld)
  await killed()

  expect(await exec(`after-${word}`)).toMatchObject({ letIn: true })
  await until('what comes after is told', () => toldOf(`after-${word}`).length === 1)
  const [event, ...others] = toldOf(word)
  expect(others).toEqual([])
  expect(event && timesTaken(event)).toBe(2)
  await verifies()
})

test('with too many events that wait nobody is let in, the text says whose fault it is, and none is dropped', async () => {
  archive.manner = 'cut'
  const letIn: string[] = []
  const full: string[] = []
  const work = async (worker: number): Promise<void> => {
    for (let index = 0; full.length === 0; index++) {
      const word = `fill-${worker}-${index}`
      const call = await exec(word)
      if (call.letIn) letIn.push(word)
      else full.push(call.text)
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, worker) => work(worker)))
  const waiting = (await kept()).filter(({ data }) => data.position)
  archive.manner = 'take'

  expect(waiting.length).toBeGreaterThanOrEqual(maxWaiting)
  for (const text of full) {
    expect(text).toContain('Too many audit events wait for a sink (E_AUDIT_FULL). It is not your fault')
  }
  await until('all are told', () => letIn.every((word) => toldOf(word).length === 1), 60_000)
  await until('she is let in again', async () => (await exec('again')).letIn, 60_000)
  await verifies()
})
