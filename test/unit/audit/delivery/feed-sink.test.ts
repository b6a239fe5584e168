import { afterEach, expect, test } from '@jest/globals'
import { setImmediate as turn } from 'node:timers/promises'
import type { AuditEvent } from '../../../../src/api/audit-event.ts'
import type { AccessRecord } from '../../../../src/api/kinds/access-record.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { makeLink } from '../../../../src/audit/chain/chain.ts'
import { eventRecord } from '../../../../src/audit/record/event-record.ts'
import { feedSink } from '../../../../src/audit/delivery/feed-sink.ts'
import { createJournal } from '../../../../src/audit/delivery/journal.ts'
import { createWakeUp } from '../../../../src/cluster/queue/wake-up.ts'
import { createFakeClock, type FakeClock } from '../../cluster/fake-clock.ts'

const origin = { source: '/test', now: 1_795_000_000_000 }
const minute = 60_000

interface Fed {
  readonly clock: FakeClock
  readonly taken: readonly string[]
  readonly missing: readonly string[]
  /** Puts an event, or a link, into the cluster. */
  readonly put: (event: AuditEvent) => AuditEvent
  readonly link: (events: readonly AuditEvent[], prunedThrough?: number) => void
}

let end: (() => Promise<void>) | undefined
afterEach(() => end?.())

/** Returns a sink that is fed from a cluster in memory. */
function fed(refuses: (event: AuditEvent) => boolean = () => false): Fed {
  const [clock, look, stop] = [createFakeClock(), createWakeUp(), new AbortController()]
  const journal = createJournal((record, problem) => {
    throw new Error(`${record}: ${problem}`)
  })
  const [taken, missing]: string[][] = [[], []]
  const feeding = feedSink(
    {
      client: { patch: () => Promise.reject(new Error('nobody marks here')) },
      sink: {
        name: 'sink',
        mode: 'Queued',
        accepts: ({ data }) => !data.link,
        deliver: (event) => {
          if (refuses(event)) return Promise.reject(new Error('it answered 400'))
          taken?.push(event.id)
          return Promise.resolve()
        },
        close: () => Promise.resolve(),
      },
      journal,
      look,
      clock,
      random: () => 0.999,
      onFailure: () => undefined,
      onMissing: (position) => missing?.push(position),
    },
    stop.signal,
  )
  end = async () => {
    stop.abort()
    await feeding
  }
  const put = (event: AuditEvent): AuditEvent => {
    journal.change(undefined, eventRecord([event]) as AccessRecord)
    look.wake()
    return event
  }
  return {
    clock,
    taken: taken ?? [],
    missing: missing ?? [],
    put,
    link: (events, prunedThrough) => put(makeLink(journal.head, events, origin, prunedThrough)),
  }
}

let sequence = 0
function event(id: string): AuditEvent {
  return { ...envelope('gate.denied', id, origin), data: { position: { boot: 'b', sequence: ++sequence } } }
}

test('a sink that is new gets nothing of what is being deleted since all others had it, and nobody is said to have removed it', async () => {
  const { put, link, taken, missing } = fed()
  // Deleting has begun: one of two is left.
  const [gone, going, next] = [event('gone'), event('going'), event('next')]
  put(going)
  link([gone, going])
  put(next)
  link([next], 1)
  for (let index = 0; index < 10; index++) await turn()

  expect([missing, taken]).toEqual([[], ['next']])
})

test('many events that the sink never takes do not keep others from it for long', async () => {
  const { clock, put, link, taken } = fed(({ id }) => id.startsWith('never'))
  link(Array.from({ length: 40 }, (_, index) => put(event(`never-${index}`))))
  await clock.advance(30 * minute)

  for (const id of ['one', 'two', 'three']) {
    link([put(event(id))])
    await clock.advance(2 * minute)
  }
  expect(taken).toEqual(['one', 'two', 'three'])
})
