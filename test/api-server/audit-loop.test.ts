import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import type { SinkConfig } from '../../src/api/config/audit-config.ts'
import type { AuditEvent } from '../../src/api/audit-event.ts'
import { accessRecordKind, type AccessRecord } from '../../src/api/kinds/access-record.ts'
import { envelope } from '../../src/audit/event/audit-event.ts'
import { positionKey } from '../../src/audit/chain/chain.ts'
import { eventRecord } from '../../src/audit/record/event-record.ts'
import { sha256 } from '../../src/audit/event/fit.ts'
import { readRecord } from '../../src/audit/record/read-record.ts'
import { createRecordWriter } from '../../src/audit/record/record-writer.ts'
import { createRecorder, type Recorder } from '../../src/audit/record/recorder.ts'
import { createSink, type Sink } from '../../src/audit/delivery/sink.ts'
import { verifyChain } from '../../src/audit/chain/verify-chain.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import type { Clock } from '../../src/cluster/clock/clock.ts'
import { runAudit } from '../../src/audit/delivery/audit-loop.ts'
import { countRecords } from '../../src/audit/delivery/audit-records.ts'
import { statusFault } from '../faults/fault.ts'
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { startAuditSink, type AuditSink } from '../fixtures/audit-sink.ts'
import { hurriedClock } from '../fixtures/hurried-clock.ts'
import { admin } from '../fixtures/kubectl.ts'
import { takeBackRecords } from '../fixtures/take-back-records.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'
import { installKinds } from './installed-kinds.ts'
import { areMarked, isKept, linkOf, listed, poisoned, takeNextLink, uncheckedRecords } from './kept-audit.ts'

const namespace = 'audit-loop'
const source = '/test'
const folder = temporaryFolder()
const { signal } = new AbortController()
const minute = 60_000

interface Warned {
  readonly id?: string
  readonly retryInMs?: number
}

/** The running audit of a leader. */
interface Running {
  readonly warnings: readonly Warned[]
  stop(): Promise<void>
}

let kubeconfig: string
let proxy: FaultProxy
let client: Client
/** The client of the tests themselves. The proxy cuts the connections of the other one. */
let direct: Client
let receiver: AuditSink
let sink: Sink
let recorder: Recorder
let running: Running | undefined
/** The number of deliveries that the receiver had taken before the test. */
let takenBefore: number

beforeAll(async () => {
  const [login, started] = await Promise.all([installKinds(namespace), startAuditSink(folder, 'receiver')])
  receiver = started
  kubeconfig = login.kubeconfig
  proxy = await startFaultProxy(kubeconfig)
  client = clientOf({ kubeconfig: proxy.kubeconfig })
  direct = clientOf({ kubeconfig })
  sink = sinkOf({})
  recorder = createRecorder({
    writer: createRecordWriter({
      boot: randomUUID(),
      create: (record, ended) => client.create(accessRecordKind, record, ended),
    }),
    sinks: [sink],
    isFull: () => false,
    isCrowded: () => false,
    onFailure: (_event, error) => {
      throw error
    },
  })
})
inTheEnd(
  () => takeBackRecords(kubeconfig),
  () => Promise.all([client.close(), direct.close(), sink.close(), receiver[Symbol.asyncDispose]()]),
  () => proxy.close(),
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
)
beforeEach(() => {
  proxy.startAfresh()
  receiver.manner = 'take'
  takenBefore = receiver.taken.length
})
afterEach(() => running?.stop())

function sinkOf(more: Partial<SinkConfig>): Sink {
  // The timeout stays a whole number: a timer takes no fraction of a millisecond, but a duration may have one.
  const config = { ...receiver.config, secretFiles: [...receiver.config.secretFiles] }
  return createSink({ name: 'receiver', mode: 'Queued', timeout: '999.5ms', ...config, ...more }, () => Date.now())
}

const taken = (): readonly string[] => receiver.taken.slice(takenBefore)

function start(steady?: Clock, to = sink): void {
  const stop = new AbortController()
  const warnings: Warned[] = []
  const log = { warn: (fields: object) => warnings.push(fields), error: (fields: object) => warnings.push(fields) }
  const told = { tell: (happening: object) => warnings.push(happening), onBacklog: () => undefined, log }
  const run = runAudit({ client, clock: Date, source, sinks: [to], ...told, ...(steady && { steady }) }, stop.signal)
  running = {
    warnings,
    async stop() {
      stop.abort()
      await run
      running = undefined
    },
  }
}

/** Records events of some requests. Each request has an order of its own: `a-1`, `b-1`, `a-2` and so on. */
async function record(requests: readonly string[], count: number): Promise<readonly string[]> {
  const ids: string[] = []
  for (let index = 1; index <= count; index++) {
    await Promise.all(
      requests.map(async (name) => {
        const event: AuditEvent = {
          ...envelope('gate.allowed', `${name}-${index}`, { source, now: Date.now() }),
          data: { request: { namespace, name, uid: name } },
        }
        ids.push(event.id)
        expect(await recorder.record(event, signal)).toBeUndefined()
      }),
    )
  }
  return ids
}

const idsOf = (name: string): readonly string[] =>
  receiver.events().flatMap(({ id, data }) => (data.request?.name === name ? [id] : []))
const inOrder = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${name}-${index + 1}`)
const hasAll = (ids: readonly string[]): (() => boolean) => {
  return () => {
    const has = new Set(receiver.events().map(({ id }) => id))
    return ids.every((id) => has.has(id))
  }
}

/** Checks what must be true at every end, whatever happened before it. */
async function endsWell(ids: readonly string[]): Promise<void> {
  await until('all are delivered', hasAll(ids))
  await until('their links are', () => {
    const result = verifyChain(receiver.events())
    return result.ok && result.unlinked === 0
  })
  await until('all is marked', () => areMarked(direct))
}

test('a sink that is away for ten minutes is tried at most each 30 s in the end, and then gets all in order', async () => {
  receiver.manner = 'cut'
  const clock = hurriedClock()
  const triesBefore = receiver.tries()
  start(clock)
  const ids = await record(['away-1', 'away-2', 'away-3'], 10)

  await until('ten minutes are over', () => clock.now() > 10 * minute, 30_000)
  const tries = receiver.tries() - triesBefore
  const pauses = running?.warnings.flatMap(({ retryInMs }) => retryInMs ?? []) ?? []
  expect(taken()).toEqual([])
  receiver.manner = 'take'
  const backAt = clock.now()
  await until('the first is delivered', () => taken().length > 0)
  expect(clock.now() - backAt).toBeLessThan(31_000)

  expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000)
  // On average one try in 15 s, and some more at the beginning.
  expect(tries).toBeGreaterThan(15)
  expect(tries).toBeLessThan(150)
  await endsWell(ids)
  for (const name of ['away-1', 'away-2', 'away-3']) expect(idsOf(name)).toEqual(inOrder(name, 10))
  expect(new Set(taken()).size).toBe(taken().length)
})

// The events fit into one link, and into two.
test.each([200, 400])(
  '%i events that come at once share a few records, and each record is of one link and goes with it',
  async (count) => {
    const names = Array.from({ length: count }, (_, index) => `together-${count}-${index}`)
    const ids = await record(names, 1)
    const isShared = ({ spec }: AccessRecord): boolean => (spec.events ?? []).some(({ id }) => ids.includes(String(id)))
    const shared = (await listed(direct, 'event')).filter(isShared)
    expect(shared.length).toBeLessThan(40)
    using cleanup = new DisposableStack()
    const counting = cleanup.adopt(new AbortController(), (one) => {
      one.abort()
    })
    const counted = countRecords(client, [sink.name], () => undefined, counting.signal)
    await until('each event waits', () => counted.waiting() >= ids.length)

    start()
    await endsWell(ids)
    await until('none waits, whatever is there', () => counted.waiting() === 0)
    for (const record of shared) {
      const keys = readRecord(record).events.map(({ data }) => data.position && positionKey(data.position))
      const links = receiver.events().flatMap(({ data }) => data.link ?? [])
      const of = links.filter(({ events }) => events.some((one) => keys.includes(positionKey(one))))
      expect(of.length).toBe(1)
    }
    // They must also go when no other event comes: otherwise they would stay in etcd for ever.
    await until(
      'their records are gone',
      async () => {
        const left = new Set((await listed(direct, 'event')).map(({ metadata }) => metadata.name))
        return !shared.some(({ metadata }) => left.has(metadata.name))
      },
      30_000,
    )
    await until('they count no more', () => counted.kept() < ids.length)
  },
)

test.each(['refuse', 'hang'] as const)(
  'an event that the sink does not take (%s) holds up what comes after it of its request, and nothing else',
  async (manner) => {
    const stuck = `${manner}-stuck`
    const names = [stuck, `${manner}-a`, `${manner}-b`]
    receiver.mannerTo.set(`${stuck}-2`, manner)
    start()
    const ids = await record(names, 20)
    await until('the others are delivered', hasAll(ids.filter((id) => !id.startsWith(stuck))))
    // Later events are delivered, too. They have links of their own.
    const later = await record([`${manner}-later`], 3)
    await until('later ones are delivered', hasAll(later))
    expect(idsOf(stuck)).toEqual([`${stuck}-1`])
    await until('it is tried again', () => (running?.warnings ?? []).filter(({ id }) => id === `${stuck}-2`).length > 1)

    receiver.mannerTo.clear()
    await endsWell([...ids, ...later])
    for (const name of names) expect(idsOf(name)).toEqual(inOrder(name, 20))
    expect(new Set(taken()).size).toBe(taken().length)
  },
)

test('what the version before wrote too large, and what shares its record, is delivered, linked and let go; nobody is accused', async () => {
  const old = uncheckedRecords(direct)
  const tooLarge = [{ command: Array.from({ length: 4_200 }, () => '') }, { resource: 'x'.repeat(257) }]
  const events = Array.from({ length: 100 }, (_, index) => {
    return poisoned(`old-${index}`, index % 2 === 0 ? (tooLarge[index % 4 === 0 ? 0 : 1] ?? {}) : { name: 'web-0' })
  })
  await Promise.all(events.map((event) => old.write(event, [], signal)))
  const ids = events.map(({ id }) => id)
  const holding = async (): Promise<readonly AccessRecord[]> =>
    (await listed(direct, 'event')).filter(({ spec }) => (spec.events ?? []).some(({ id }) => ids.includes(String(id))))
  expect((await holding()).length).toBeGreaterThan(0)

  start()
  await endsWell(ids)
  const cut = receiver.events().flatMap(({ id, data }) => (data.cut ? [[id, data.cut[0]?.length] as const] : []))
  expect(cut).toEqual(
    expect.arrayContaining([
      ['old-0', 4_200],
      ['old-2', 257],
    ]),
  )
  expect(cut).toHaveLength(50)
  await until('their records are gone', async () => (await holding()).length === 0, 30_000)
  expect(JSON.stringify(running?.warnings)).not.toContain('E_RECORD')
})

test('what cannot be read is delivered by a hash, told, linked and let go; its neighbours are delivered as they are', async () => {
  const boot = randomUUID()
  const fine = poisoned('beside-it', { name: 'web-0' })
  const stored = eventRecord([{ ...fine, data: { ...fine.data, position: { boot, sequence: 1 } } }])
  const names = [`event-${boot}-1`, `strange-${boot}`, `empty-${boot}`]
  const contents = [[...(stored.spec.events ?? []), { note: 'nothing' }], [{ note: 'of another name' }], undefined]
  for (const [index, events] of contents.entries()) {
    const { events: _events, ...spec } = stored.spec
    const metadata = { ...stored.metadata, name: names[index] ?? '' }
    await direct.create(accessRecordKind, { ...stored, metadata, spec: { ...spec, ...(events && { events }) } })
  }

  start()
  await endsWell(['beside-it'])
  const unreadable = receiver.events().flatMap(({ data }) => data.unreadable ?? [])
  expect(unreadable).toHaveLength(3)
  expect(unreadable).toContainEqual({ hash: sha256('{"note":"nothing"}'), problem: expect.any(String) })
  for (const name of names) expect(JSON.stringify(running?.warnings)).toContain(`record ${name} is not as Sallyport`)
  // A small link stays until there is another.
  await record(['after-it'], 1)
  await until(
    'their records are gone',
    async () => !(await listed(direct, 'event')).some(({ metadata }) => names.includes(metadata.name)),
    30_000,
  )
})

test('what a leader has left to be deleted, the next one deletes, though there is nothing to deliver', async () => {
  proxy.onRequest(({ method }) => (method === 'DELETE' ? statusFault(500, 'InternalError') : undefined))
  start()
  await endsWell(await record(['left-a', 'left-b'], 20))
  await until('a link lets go of it', () =>
    receiver.events().some(({ data }) => (data.link?.prunedThrough ?? 0) >= linkOf(receiver.events(), 'left-a-1')),
  )
  await until('to delete it fails', () => proxy.requests.some(({ method }) => method === 'DELETE'))
  expect(await isKept(direct, 'left-a-1')).toBe(true)
  await running?.stop()
  proxy.startAfresh()
  start()

  await until('it is gone', async () => !(await isKept(direct, 'left-a-1')), 30_000)
})

test('what a failed call has left to be deleted is deleted, though nothing else happens', async () => {
  let failures = 0
  proxy.onRequest(({ method }) =>
    method === 'DELETE' && failures++ < 3 ? statusFault(500, 'InternalError') : undefined,
  )
  start()
  await endsWell(await record(['failed-a', 'failed-b'], 20))

  await until('it is gone', async () => !(await isKept(direct, 'failed-a-1')), 30_000)
  expect(failures).toBeGreaterThan(2)
})

test('what somebody put in the place of the next link is told, and taken away, and the chain goes on', async () => {
  start()
  await endsWell(await record(['before-all'], 1))
  await until('the next link is taken', () => takeNextLink(direct, 'event'))

  await endsWell(await record(['behind-all'], 1))
  expect(JSON.stringify(running?.warnings)).toContain('E_RECORD_CHANGED')
})

test('what somebody put in the place of the next link is told, and the chain goes on once it is gone', async () => {
  start()
  await endsWell(await record(['before-it'], 1))
  const metadata = await until('the next link is taken', () => takeNextLink(direct))
  const { name } = metadata
  // Removed by its uid: if the leader has removed it already, a true link has that name now.
  const removed = (): Promise<unknown> => client.remove(accessRecordKind, metadata).catch(() => undefined)
  // The forged record is removed once the leader was told that the name is taken.
  proxy.onRequest(({ method, body }) => {
    if (method !== 'POST' || !body.includes(`"${name}"`)) return undefined
    proxy.startAfresh()
    return { kind: 'hold-answer', until: removed }
  })

  await endsWell(await record(['behind-it'], 1))
  expect(JSON.stringify(running?.warnings)).toContain('E_RECORD_CHANGED')
})

test.each([
  ['before the mark has reached the API server', 'silence'],
  ['after it', 'hold-answer'],
] as const)(
  'after a leader that ends between delivery and mark, %s, the next skips nothing, and repeats only what has no mark',
  async (_title, kind) => {
    proxy.onRequest(({ method, path }) => {
      if (method !== 'PATCH' || !path.includes('/link-')) return undefined
      return kind === 'silence' ? { kind } : { kind, until: () => new Promise(() => undefined) }
    })
    start()
    const names = [`${kind}-a`, `${kind}-b`]
    const ids = await record(names, 5)
    await until('all are delivered', hasAll(ids))
    if (kind === 'hold-answer') await until('all is marked', () => areMarked(direct))
    await running?.stop()
    proxy.startAfresh()
    const before = receiver.taken.length
    start()
    const later = await record([`${kind}-later`], 2)

    await endsWell([...ids, ...later])
    for (const name of names) expect(idsOf(name)).toEqual(inOrder(name, 5))
    const again = receiver.taken.slice(before).filter((id) => ids.includes(id))
    expect(again.length > 0).toBe(kind === 'silence')
  },
)

// This test is the last: after it, the chain at the receiver has a gap.
test('events that the sink refuses for good keep all later ones in the cluster until they are skipped; verifying then names them', async () => {
  receiver.mannerTo.set('poison-1', 'refuse')
  start()
  const ids = await record(['poison', 'fine'], 3)
  await until('the others are delivered', hasAll(['fine-1', 'fine-2', 'fine-3']))
  await until('it is tried again', () => (running?.warnings ?? []).filter(({ id }) => id === 'poison-1').length > 1)
  expect([await isKept(direct, 'poison-1'), await isKept(direct, 'fine-3')]).toEqual([true, true])
  await running?.stop()
  const skipping = sinkOf({ skip: ['poison-1'] })
  start(undefined, skipping)

  await until('what came after it is delivered', hasAll(ids.filter((id) => id !== 'poison-1')))
  await record(['after-poison'], 1)
  await until('it is gone', async () => !(await isKept(direct, 'poison-1')), 30_000)
  await until('verifying names it', () => {
    const result = verifyChain(receiver.events())
    return !result.ok && result.broken.kind === 'missing' && /^event .*, of link/.test(result.broken.place)
  })
  await running?.stop()
  await skipping.close()
})
