import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import { auditExamples } from '../../scripts/docs/audit-examples.ts'
import type { AuditEvent } from '../../src/api/audit-event.ts'
import { eventHash, makeLink, type ChainHead } from '../../src/audit/chain/chain.ts'
import { deliveredAnnotation, eventRecord } from '../../src/audit/record/event-record.ts'
import { createSink } from '../../src/audit/delivery/sink.ts'
import { parseSecret, signDelivery } from '../../src/signed-calls/standard-webhook.ts'
import { steadyClock } from '../../src/cluster/clock/clock.ts'
import type { AccessRecord } from '../../src/api/kinds/access-record.ts'
import { feedSink } from '../../src/audit/delivery/feed-sink.ts'
import { createJournal, type KeptJournal } from '../../src/audit/delivery/journal.ts'
import { createWakeUp } from '../../src/cluster/queue/wake-up.ts'
import { until } from '../fixtures/until.ts'
import { seconds } from './each.ts'
import type { Figure } from './figure.ts'
import { startConsumer, type ConsumerAddress } from './start-consumer.ts'
import { summaryOf } from './summary.ts'

const rounds = 5
const count = 5_120
const perLink = 256
// As many as the feeder sends at once.
const atOnce = 16
const perSecondAtLeast = 2_000

/**
 * Measures how fast one replica delivers the events in its memory to a sink on this machine. A minimal sender that
 * posts the same is measured beside it.
 */
export const delivery: Figure = {
  needs: 'nothing',
  async measure() {
    await using cleanup = new AsyncDisposableStack()
    const consumer = await startConsumer(cleanup)
    const bare: number[] = []
    const fed: number[] = []
    await post(consumer, someEvents(perLink))
    await feed(consumer, someEvents(perLink))
    for (let round = 0; round < rounds; round++) {
      bare.push(count / (await seconds(() => post(consumer, someEvents(count)))))
      fed.push(count / (await seconds(() => feed(consumer, someEvents(count)))))
    }
    const [least, ours] = [summaryOf(bare), summaryOf(fed)]
    return {
      rows: [
        { what: `signed POSTs, ${atOnce} at once`, unit: '1/s', summary: least },
        { what: 'the feeder, from memory', unit: '1/s', summary: ours },
      ],
      verdicts: [
        { what: 'an event', value: 1_000 / ours.median, unit: 'ms', goal: 1_000 / perSecondAtLeast },
        { what: 'median, signed POSTs / feeder', value: least.median / ours.median, unit: '×' },
      ],
      notes: [
        'the receiver is examples/audit-consumer, which shares the machine, verifies each and writes it into a file',
      ],
    }
  },
}

function someEvents(size: number): readonly AuditEvent[] {
  const boot = randomUUID()
  const example = auditExamples().find(({ type }) => type.includes('gate.allowed'))
  if (!example) throw new Error('there is no example of an allow')
  return Array.from({ length: size }, (_, index) => ({
    ...example,
    id: randomUUID(),
    data: {
      ...example.data,
      request: { namespace: 'shop', name: `request-${index % 100}`, uid: randomUUID() },
      position: { boot, sequence: index + 1 },
    },
  }))
}

async function post({ url, caFile, secretFiles }: ConsumerAddress, events: readonly AuditEvent[]): Promise<void> {
  const secret = parseSecret(readFileSync(secretFiles[0], 'utf8'))
  if ('problem' in secret) throw new Error(secret.problem)
  const dispatcher = new Agent({ allowH2: false, connect: { ca: readFileSync(caFile, 'utf8') } })
  const waiting = [...events]
  const worker = async (): Promise<void> => {
    for (let event = waiting.shift(); event; event = waiting.shift()) {
      const body = JSON.stringify(event)
      const headers = { ...signDelivery({ id: event.id, body, at: Date.now(), keys: [secret.key] }) }
      const answer = await request(url, { method: 'POST', dispatcher, body, headers })
      await answer.body.dump()
      if (answer.statusCode !== 204) throw new Error(`the consumer answered ${answer.statusCode}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  await dispatcher.close()
}

/** Feeds events that are all linked, as after an outage of a sink. */
async function feed(consumer: ConsumerAddress, events: readonly AuditEvent[]): Promise<void> {
  const name = 'consumer'
  const sink = createSink({ name, mode: 'Queued', timeout: '5s', ...consumer }, () => Date.now())
  const journal = createJournal((record, problem) => {
    throw new Error(`${record}: ${problem}`)
  })
  fill(journal, events)
  const look = createWakeUp()
  const stop = new AbortController()
  const mark = (link: string): void => {
    const kept = journal.links.find((one) => one.name === link)
    if (!kept) throw new Error(`${link} is not there`)
    const before = eventRecord([kept.event]) as AccessRecord
    const annotations = { [deliveredAnnotation(name)]: 'true' }
    journal.change(before, { ...before, metadata: { ...before.metadata, annotations } })
    look.wake()
  }
  const feeding = feedSink(
    {
      // This measures delivery from memory, so no write goes out. In a cluster, the mark of 256 events is one write.
      client: {
        patch: (_resource, where) => {
          mark(where.name)
          return Promise.resolve(where as never)
        },
      },
      sink,
      journal,
      look,
      clock: steadyClock,
      random: Math.random,
      onFailure: (_event, error) => {
        throw error
      },
      onMissing: (position) => {
        throw new Error(`${position} is missing`)
      },
    },
    stop.signal,
  )
  await until('all is delivered', () => journal.links.every((link) => link.hasReached(name)), 60_000)
  stop.abort()
  await feeding
  await sink.close()
}

function fill(journal: KeptJournal, events: readonly AuditEvent[]): void {
  let head: ChainHead = { index: 0 }
  for (const event of events) journal.change(undefined, eventRecord([event]) as AccessRecord)
  for (let first = 0; first < events.length; first += perLink) {
    const link = makeLink(head, events.slice(first, first + perLink), { source: '/bench', now: Date.now() })
    journal.change(undefined, eventRecord([link]) as AccessRecord)
    head = { index: head.index + 1, hash: eventHash(link), through: link.data.link?.through ?? [] }
  }
}
