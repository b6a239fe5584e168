import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AuditEvent } from '../../../../src/api/audit-event.ts'
import { maxEventsOfRecord, type AccessRecordDraft } from '../../../../src/api/kinds/access-record.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { readRecord } from '../../../../src/audit/record/read-record.ts'
import { createRecordWriter, type RecordWriter } from '../../../../src/audit/record/record-writer.ts'
import { verifyChain } from '../../../../src/audit/chain/verify-chain.ts'

const origin = { source: '/test', now: 1_795_000_000_000 }
const { signal } = new AbortController()

function event(id: string, data: AuditEvent['data'] = {}): AuditEvent {
  return { ...envelope('gate.allowed', id, origin), data: { actor: { username: 'alice' }, ...data } }
}

interface Attempt {
  readonly record: AccessRecordDraft
  readonly signal: AbortSignal
  readonly end: PromiseWithResolvers<void>
}

interface Api {
  readonly writer: RecordWriter
  /** The writes that have begun. */
  readonly attempts: readonly Attempt[]
}

/** Creates an API whose writes end when the test says so. */
function api(): Api {
  const attempts: Attempt[] = []
  const create = (record: AccessRecordDraft, ended: AbortSignal): Promise<void> => {
    const end: Attempt['end'] = Promise.withResolvers()
    ended.addEventListener('abort', () => {
      end.reject(ended.reason)
    })
    attempts.push({ record, signal: ended, end })
    return end.promise
  }
  return { writer: createRecordWriter({ boot: 'boot', create }), attempts }
}

function inRecord(record: AccessRecordDraft): readonly AuditEvent[] {
  const { events, problems } = readRecord(record)
  if (problems.length > 0) throw new Error(problems.join())
  return events
}

const eventsOf = ({ record }: Attempt): readonly AuditEvent[] => inRecord(record)

const idsOf = (attempt?: Attempt): readonly string[] => (attempt ? eventsOf(attempt).map(({ id }) => id) : [])

/** Lets everything happen that nothing waits for. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

async function endAll(attempts: readonly Attempt[]): Promise<void> {
  for (let index = 0; index < attempts.length; index++) {
    attempts[index]?.end.resolve()
    await settle()
  }
}

test('the events that come while others are being written share the next record, each in its own place', async () => {
  const { writer, attempts } = api()

  const kept = Promise.all(['a', 'b', 'c', 'd'].map((id) => writer.write(event(id), [], signal)))
  expect(attempts.map(idsOf)).toEqual([['a'], ['b']])
  attempts[0]?.end.resolve()
  await settle()
  await endAll(attempts)
  await kept

  expect(attempts.map(({ record }) => record.metadata.name)).toEqual(['event-boot-1', 'event-boot-2', 'event-boot-3'])
  expect(attempts.flatMap(eventsOf).map(({ data }) => data.position)).toEqual([
    { boot: 'boot', sequence: 1 },
    { boot: 'boot', sequence: 2, unsettled: [1] },
    { boot: 'boot', sequence: 3, unsettled: [2] },
    { boot: 'boot', sequence: 4, unsettled: [2] },
  ])
})

describe('not in one record', () => {
  async function recordsOf(
    events: readonly (readonly [AuditEvent, readonly string[]])[],
  ): Promise<readonly string[][]> {
    const { writer, attempts } = api()
    const writes = ['busy', 'too'].map((id) => writer.write(event(id), [], signal))
    const kept = [...writes, ...events.map(([one, deliveredTo]) => writer.write(one, deliveredTo, signal))]
    await endAll(attempts)
    await Promise.all(kept)
    return attempts.slice(2).map((one) => [...idsOf(one)])
  }

  test('what other sinks have', async () => {
    const events = [
      [event('a'), ['siem']],
      [event('b'), ['siem']],
      [event('c'), []],
    ] as const
    expect(await recordsOf(events)).toEqual([['a', 'b'], ['c']])
  })

  test('what is too large together', async () => {
    const large = { message: 'x'.repeat(30_000) }
    const events = Array.from({ length: 12 }, (_, index) => [event(String(index), large), []] as const)
    expect((await recordsOf(events)).map((ids) => ids.length)).toEqual([8, 4])
  })

  test('more than the schema takes', async () => {
    const events = Array.from({ length: maxEventsOfRecord + 1 }, (_, index) => [event(String(index)), []] as const)
    expect((await recordsOf(events)).map((ids) => ids.length)).toEqual([maxEventsOfRecord, 1])
  })
})

test('one whose time is over while it waits is not written, and holds up nobody', async () => {
  const { writer, attempts } = api()
  const late = new AbortController()
  const kept = ['a', 'b', 'late', 'c'].map((id) => writer.write(event(id), [], id === 'late' ? late.signal : signal))

  late.abort(new Error('too late'))
  await expect(kept[2]).rejects.toThrow('too late')
  await endAll(attempts)

  expect(attempts.map(idsOf)).toEqual([['a'], ['b'], ['c']])
})

test('a write ends early only when nobody waits for it any more', async () => {
  const { writer, attempts } = api()
  const ends = [new AbortController(), new AbortController()] as const
  const kept = [
    writer.write(event('a'), [], signal),
    writer.write(event('b'), [], signal),
    ...ends.map((end, index) => writer.write(event(`shared-${index}`), [], end.signal)),
  ]
  attempts[0]?.end.resolve()
  await settle()
  const shared = attempts[2]

  ends[0].abort(new Error('too late'))
  await expect(kept[2]).rejects.toThrow('too late')
  expect(shared?.signal.aborted).toBe(false)
  ends[1].abort(new Error('too late'))
  await expect(kept[3]).rejects.toThrow('too late')
  expect(shared?.signal.aborted).toBe(true)
  await endAll(attempts)
})

test('one that the API server does not take costs the others nothing but a second write', async () => {
  const { writer, attempts } = api()
  const kept = ['a', 'b', 'good', 'bad', 'fine'].map((id) => writer.write(event(id), [], signal))
  const outcome = Promise.allSettled(kept)
  for (let index = 0; index < attempts.length; index++) {
    const attempt = attempts[index]
    if (idsOf(attempt).includes('bad')) attempt?.end.reject(new Error('Invalid'))
    else attempt?.end.resolve()
    await settle()
  }

  expect((await outcome).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(attempts.map(idsOf)).toEqual([['a'], ['b'], ['good', 'bad', 'fine'], ['good'], ['bad'], ['fine']])
})

test('whatever fails, also after it has come through, and whenever it is killed: what is kept is kept, and the chain has no gap', async () => {
  const outcomes = fc.array(fc.constantFrom('kept', 'lost', 'kept, and no answer'), { minLength: 60, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), outcomes, async (count, planned) => {
      const stored: AccessRecordDraft[] = []
      let attempt = 0
      const create = async (record: AccessRecordDraft): Promise<void> => {
        const outcome = planned[attempt++]
        await settle()
        if (outcome !== 'lost') stored.push(record)
        if (outcome === 'lost' || outcome === 'kept, and no answer') throw new Error(outcome)
      }
      const writer = createRecordWriter({ boot: 'boot', create })
      const ids = Array.from({ length: count }, (_, index) => `event-${index}`)
      const settled = await Promise.allSettled(ids.map((id) => writer.write(event(id), [], signal)))
      // The next write reports the failed ones.
      attempt = planned.length
      await writer.write(event('last'), [], signal)

      const moments = stored.map((_, index) => stored.slice(0, index + 1).flatMap(inRecord))
      const has = new Set(moments.at(-1)?.map(({ id }) => id))
      const lost = ids.filter((id, index) => settled[index]?.status === 'fulfilled' && !has.has(id))
      expect([lost, moments.find((events) => !verifyChain(events).ok)]).toEqual([[], undefined])
    }),
  )
})
