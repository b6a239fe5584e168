import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import type { AuditEvent } from '../../src/api/audit-event.ts'
import { accessRecordKind, type AccessRecord } from '../../src/api/kinds/access-record.ts'
import type { ChainHead } from '../../src/audit/chain/chain.ts'
import { auditLabel } from '../../src/audit/record/event-record.ts'
import { readRecord } from '../../src/audit/record/read-record.ts'
import { verifyChain, type Verification } from '../../src/audit/chain/verify-chain.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { installation } from '../../src/api/installation.ts'
import { accessNamespace } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { startAuditSink, type AuditSink } from '../fixtures/audit-sink.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { execCaller, type ExecCaller } from '../fixtures/exec-call.ts'
import { admin, kubectlRefused } from '../fixtures/kubectl.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { linkedRecords } from '../fixtures/linked-records.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { peopleOf, type People } from '../fixtures/people.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { run, type Ended } from '../fixtures/run.ts'
import { testCluster } from '../fixtures/run-cluster.ts'
import { endWithRecords } from '../fixtures/take-back-records.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { urlHere } from '../fixtures/this-machine.ts'
import { until } from '../fixtures/until.ts'
import { wholeChain } from '../fixtures/whole-chain.ts'
import { webhookPath } from '../fixtures/webhook-path.ts'
import { mayExec } from '../fixtures/workload.ts'

const namespace = 'audit-outage'
const folder = temporaryFolder()
// Sallyport promises a minute, which is too long for each run. `npm run outage` takes it.
const outageMs = Number(process.env['SALLYPORT_OUTAGE_SECONDS'] ?? 5) * 1_000
const paceMs = 50
// More than the load reaches. The limit has a test of its own.
const maxWaiting = 100_000
const deliveredWithinMs = 60_000
const open = ['open-0', 'open-1', 'open-2'] as const

let archive: AuditSink
let gate: DevGate
let people: People
let alice: ExecCaller

beforeAll(async () => {
  await accessNamespace(namespace)
  await mayExec(namespace, 'alice')
  archive = await startAuditSink(folder, 'archive')
  gate = await startDevGate({
    audit: {
      source: '/outage',
      maxWaiting,
      redact: [
        { pattern: '(?i)token=', redacts: 'Word' },
        { pattern: '^--password$', redacts: 'NextWord' },
      ],
      sinks: [{ name: 'archive', ...archive.config }],
    },
  })
  people = await peopleOf(namespace)
  alice = execCaller(testCluster(), 'alice')
  await Promise.all(open.map((pod) => people.access(pod, anyCommand(pod))))
  await paperPod(people.admin, namespace, 'closed')
})
afterEach(() => {
  archive.manner = 'take'
})
inTheEnd(
  () => alice.close(),
  () => people[Symbol.asyncDispose](),
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => endWithRecords(gate),
  () => archive[Symbol.asyncDispose](),
)

const anyCommand = (pod: string): object => ({ exec: { pod, container: 'app' } })

interface Called {
  readonly word: string
  readonly letIn: boolean
}

/** Makes one call after another, each with a word of its own. */
async function load(pod: string, name: string, untilMs: number): Promise<readonly Called[]> {
  const calls: Called[] = []
  while (performance.now() < untilMs) {
    const word = `${name}-${calls.length}`
    const { letIn } = await alice.call({ namespace, pod, command: ['echo', word] })
    calls.push({ word, letIn })
    await sleep(paceMs)
  }
  return calls
}

const wordOf = ({ data }: AuditEvent): string | undefined => data.tried?.command?.[1]

async function delivered(words: readonly string[]): Promise<readonly AuditEvent[]> {
  const missing = (): readonly string[] => {
    const has = new Set(archive.events().map(wordOf))
    return words.filter((word) => !has.has(word))
  }
  await until('all is delivered', () => missing().length === 0, deliveredWithinMs).catch((error: unknown) => {
    throw new Error(`lost: ${missing().slice(0, 20).join(', ')}`, { cause: error })
  })
  return archive.events()
}

test(
  `a sink that is away for ${outageMs / 1_000} s under load loses nothing, and keeps the order of each request`,
  async () => {
    archive.manner = 'cut'
    const end = performance.now() + outageMs
    const [allowed, denied, burst] = await Promise.all([
      Promise.all(open.map((pod) => load(pod, pod, end))),
      Promise.all(['no-a', 'no-b'].map((name) => load('closed', name, end))),
      // Several calls at once use the same request. Their order is unknown.
      Promise.all(['x', 'y', 'z'].map((name) => load(open[0], `burst-${name}`, end))),
    ])
    expect([...allowed, ...burst].flat().every(({ letIn }) => letIn)).toBe(true)
    expect(denied.flat().some(({ letIn }) => letIn)).toBe(false)
    archive.manner = 'take'

    const events = await delivered([...allowed, ...denied, ...burst].flat().map(({ word }) => word))
    for (const calls of allowed) {
      const words = calls.map(({ word }) => word)
      expect(events.flatMap((event) => wordOf(event) ?? []).filter((word) => words.includes(word))).toEqual(words)
    }
    const ids = events.map(({ id }) => id)
    // The consumer stores equal bytes once. So an id that occurs twice would belong to two different events.
    expect(new Set(ids).size).toBe(ids.length)
    await wholeChain(archive, deliveredWithinMs)
  },
  outageMs + 120_000,
)

test('the events of a namespace that was deleted meanwhile are delivered', async () => {
  const gone = `${namespace}-gone`
  await accessNamespace(gone)
  await mayExec(gone, 'alice')
  const others = await peopleOf(gone)
  archive.manner = 'cut'
  const { metadata } = await others.access('web-0', anyCommand('web-0'))
  expect(await alice.call({ namespace: gone, pod: 'web-0', command: ['echo', 'farewell'] })).toMatchObject({
    letIn: true,
  })
  await others[Symbol.asyncDispose]()
  await admin(['delete', 'namespace', gone, '--timeout=50s'])
  archive.manner = 'take'

  await delivered(['farewell'])
  const types = (): readonly string[] =>
    archive
      .events()
      .filter(({ subject, data }) => data.request?.uid === metadata.uid || subject === `${gone}/web-0`)
      .map(({ type }) => type)
  await until('its life is told', () => types().some((type) => type.includes('request.active')))
  expect(types()).toEqual(
    expect.arrayContaining(['request.created', 'gate.allowed'].map((type) => `dev.sallyport.${type}.v1`)),
  )
  await wholeChain(archive, deliveredWithinMs)
})

describe('whatever somebody types', () => {
  // These are sequences that a terminal would obey, text that reads from right to left, and characters that are not
  // ASCII.
  const hostile = '\u001b[31mred\u001b[0m\r\n\u0007\u0085\u202etxt.exe ünïcödé 名前'
  const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/

  const withWord = (word: string): Promise<AuditEvent> =>
    until(`${word} reaches the sink`, () => archive.events().find((event) => wordOf(event) === word))

  test('no line has a control character, and each is JSON', async () => {
    await alice.call({ namespace, pod: open[0], command: ['echo', 'hostile-argv', hostile] })
    await alice.call({ namespace, pod: open[0], container: 'ünï\u001b[2J\u202e', command: ['echo', 'hostile-name'] })
    const [argv] = [await withWord('hostile-argv'), await withWord('hostile-name')]

    expect(argv.data.tried?.command?.[2]).toContain('ünïcödé 名前')
    for (const text of [archive.file].map((file) => readFileSync(file, 'utf8')).flatMap((file) => file.split('\n'))) {
      expect(unsafe.test(text)).toBe(false)
    }
  })

  test.each([
    ['through the API server, as much as it takes', 1_000_000],
    ['by a review of its own', 1_024_000],
  ])('an argv of 1000 KB is told by its beginning and a hash: %s', async (how, size) => {
    const isDirect = how.startsWith('by')
    const word = isDirect ? 'long-direct' : 'long-exec'
    const command = ['echo', word, 'x'.repeat(size)]
    if (isDirect) await review(command)
    else expect(await alice.call({ namespace, pod: open[0], command })).toMatchObject({ letIn: true })

    const event = await withWord(word)
    expect(event.data.tried?.commandHash).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(event).length).toBeLessThan(16_384)
  })

  /** Posts a review as the API server would send it, by a user with an equally hostile name. */
  async function review(command: readonly string[]): Promise<void> {
    const ca = readFileSync(join(gate.folder, 'ca.crt'), 'utf8')
    await using cleanup = new AsyncDisposableStack()
    const pool = cleanup.adopt(new Pool(urlHere(gate.port), { connect: { ca } }), (one) => one.close())
    const object = { kind: 'PodExecOptions', apiVersion: 'v1', container: 'app', command }
    const userInfo = { username: `jürgen ${hostile}`, groups: [hostile] }
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: `${await webhookPath(people.admin, '/connect')}?timeout=5s`,
      headers: { 'content-type': 'application/json' },
      body: reviewBody(execReview({ namespace, name: 'closed', userInfo, object })),
    })
    expect([statusCode, await body.text()]).toEqual([200, expect.stringContaining('"allowed":false')])
  }
})

test('no secret that the rules withhold is in any sink or log: tried, denied more than once, or quoted by a denial', async () => {
  const secrets = ['--password', 'hunter2', 'TOKEN=hunter2']
  await people.access('secret', { exec: { pod: 'secret', container: 'app', command: ['echo', ...secrets] } })
  const tried = ['closed', 'closed', 'closed', open[0], 'secret'].map((pod) =>
    alice.call({ namespace, pod, command: ['echo', 'secretly', ...secrets] }),
  )
  await Promise.all(tried)
  // The denial quotes the approved command, so it tells the user its secret.
  const { text } = await alice.call({ namespace, pod: 'secret', command: ['echo', 'quoting'] })
  expect(text).toContain('hunter2')

  await delivered(['secretly', 'quoting'])
  // There is one event, or more if the machine is slower than the time in which denials are merged.
  await until('each denial is told', () => {
    const denials = archive
      .events()
      .filter((event) => event.data.tried?.name === 'closed' && wordOf(event) === 'secretly')
    return denials.reduce((sum, { data }) => sum + (data.decision?.attempts ?? 1), 0) === 3
  })
  const { items } = await people.admin.list(accessRecordKind, { namespace: installation.namespace })
  for (const text of [readFileSync(archive.file, 'utf8'), JSON.stringify(gate.lines), JSON.stringify(items)]) {
    expect(text).not.toContain('hunter2')
  }
})

describe('every change of a record is found, whoever makes it', () => {
  const where = { namespace: installation.namespace, labelSelector: auditLabel }
  let sallyport: Client
  let records: readonly AccessRecord[]
  let head: ChainHead | undefined

  const isEvent = ({ metadata }: AccessRecord): boolean => metadata.labels?.[auditLabel] === 'event'
  const linkOf = (record: AccessRecord): number => Number(/^link-(\d+)$/.exec(record.metadata.name)?.[1])
  const read = async (): Promise<readonly AccessRecord[]> =>
    (await sallyport.list(accessRecordKind, where)).items as readonly AccessRecord[]
  const verified = async (): Promise<Verification> => {
    return verifyChain((await read()).flatMap(eventsOf), { mayBePruned: true, head })
  }

  function eventsOf(record: AccessRecord): readonly AuditEvent[] {
    return readRecord(record).events
  }

  /** Writes a record as Sallyport. Anyone who can stop the policies can write the same. */
  async function put(record: AccessRecord): Promise<void> {
    const { name, labels = {}, annotations = {} } = record.metadata
    const { apiVersion, kind, spec } = record
    const metadata = { name, namespace: installation.namespace, labels, annotations }
    await sallyport.create(accessRecordKind, { apiVersion, kind, metadata, spec })
  }
  const remove = ({ metadata: { name } }: AccessRecord): Promise<boolean> =>
    sallyport.remove(accessRecordKind, { namespace: installation.namespace, name })

  beforeAll(async () => {
    sallyport = clientOf({ kubeconfig: join(gate.folder, 'kubeconfig') })
    archive.manner = 'cut'
    for (let index = 0; index < 3; index++) {
      await alice.call({ namespace, pod: open[1], command: ['echo', `kept-${index}`] })
      // This makes some links.
      await until('it is linked', async () => {
        const result = await verified()
        return result.ok && result.unlinked === 0
      })
    }
    await stopController(gate)
    const result = await verified()
    head = result.ok ? result.head : undefined
    records = await read()
  })
  inTheEnd(
    () => startController(gate),
    () => sallyport.close(),
  )

  const events = (): readonly AccessRecord[] => linkedRecords(records)
  const links = (): readonly AccessRecord[] =>
    records.filter((one) => !isEvent(one)).sort((a, b) => linkOf(a) - linkOf(b))
  const at = (list: readonly AccessRecord[], index: number): AccessRecord => {
    const found = list.at(index)
    if (!found) throw new Error(`there are only ${list.length}`)
    return found
  }
  const edited = (record: AccessRecord, from: string, to: string): AccessRecord =>
    JSON.parse(JSON.stringify(record).replaceAll(from, to)) as AccessRecord
  /** Returns the second record, with the event of the first in the place of its own. */
  const swapped = (one: AccessRecord, other: AccessRecord): AccessRecord => {
    const [event] = eventsOf(one)
    const [place, ...others] = eventsOf(other)
    const moved = { ...event, data: { ...event?.data, position: place?.data.position } }
    return { ...other, spec: { ...one.spec, events: [moved, ...others] } }
  }

  test('nobody but Sallyport may write there while the policies hold', async () => {
    const name = at(events(), 0).metadata.name
    expect(await kubectlRefused('admin', ['delete', 'arec', name, '-n', installation.namespace])).toContain(
      'E_SALLYPORT_ONLY',
    )
  })

  test.each<
    [string, () => { readonly gone: readonly AccessRecord[]; readonly made?: readonly AccessRecord[] }, RegExp]
  >([
    [
      'an event that was edited',
      () => ({ gone: [at(events(), 0)], made: [edited(at(events(), 0), 'alice', 'bobby')] }),
      /^changed: event /,
    ],
    ['an event that was deleted', () => ({ gone: [at(events(), 0)] }), /^missing: event /],
    [
      'two events that changed places',
      () => {
        const [one, other] = [at(events(), 0), at(events(), 1)]
        return { gone: [one, other], made: [swapped(one, other), swapped(other, one)] }
      },
      /^changed: event /,
    ],
    ['a link that was deleted', () => ({ gone: [at(links(), -2)] }), /^missing: link /],
    ['a last link that was deleted', () => ({ gone: [at(links(), -1)] }), /^cut: link /],
    [
      'a last link of somebody else',
      () => ({ gone: [at(links(), -1)], made: [edited(at(links(), -1), '/outage', '/forged')] }),
      /^forked: link /,
    ],
  ])('in the cluster: %s', async (_title, tamper, place) => {
    const { gone, made = [] } = tamper()
    await Promise.all(gone.map(remove))
    await Promise.all(made.map(put))
    const result = await verified()
    await Promise.all(made.map(remove))
    await Promise.all(gone.map(put))

    expect(result.ok ? 'whole' : `${result.broken.kind}: ${result.broken.place}`).toMatch(place)
  })

  test('in the cluster, by whoever calls `kubectl access audit verify`', async () => {
    const verify = (): Promise<Ended> => {
      const { index = 0, hash = '' } = head ?? {}
      const where = ['--kubeconfig', testCluster().kubeconfig('admin'), '--head', `${index}:${hash}`]
      return run(process.execPath, ['src/cli/main.ts', 'audit', 'verify', ...where])
    }
    const whole = await verify()
    await remove(at(events(), 0))
    const broken = await verify()
    await put(at(events(), 0))

    expect(whole).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Whole: /) })
    expect(broken).toMatchObject({ code: 1, stdout: expect.stringMatching(/^missing: event /) })
  })

  test.each<[string, (lines: readonly string[], event: number, link: number) => readonly string[]]>([
    [
      'changed',
      (lines, event) => lines.map((line, index) => (index === event ? line.replace('alice', 'bobby') : line)),
    ],
    ['missing', (lines, event) => lines.filter((_, index) => index !== event)],
    ['forked', (lines, _event, link) => [...lines, (lines[link] ?? '').replace('/outage', '/forged')]],
    ['cut', (lines, _event, link) => lines.filter((_, index) => index !== link)],
  ])('in an export: %s', (kind, tamper) => {
    const lines = readFileSync(archive.file, 'utf8').split('\n').filter(Boolean)
    const parsed = (all: readonly string[]): readonly AuditEvent[] => all.map((line) => JSON.parse(line) as AuditEvent)
    const before = verifyChain(parsed(lines))
    const event = lines.findIndex((line) => line.includes('gate.allowed'))
    const link = lines.findLastIndex((line) => line.includes('chain.linked'))

    const after = verifyChain(parsed(tamper(lines, event, link)), { head: before.ok ? before.head : undefined })
    expect([before.ok, after.ok ? 'whole' : after.broken.kind]).toEqual([true, kind])
  })
})
