import { describe, expect, test } from '@jest/globals'
import { AuditEvent, type AuditPosition } from '../../../../src/api/audit-event.ts'
import type { AccessRecordDraft } from '../../../../src/api/kinds/access-record.ts'
import { schemaCheck } from '../../../../src/api/schema/schema-check.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { eventHash, makeLink } from '../../../../src/audit/chain/chain.ts'
import { eventRecord } from '../../../../src/audit/record/event-record.ts'
import { readRecord } from '../../../../src/audit/record/read-record.ts'

const checkEvent = schemaCheck(AuditEvent, 'event')
const origin = { source: '/test', now: 1_795_000_000_000 }

function event(sequence: number, data: object = {}, more: Partial<AuditPosition> = {}): AuditEvent {
  const position = { boot: 'b', sequence, ...more }
  return { ...envelope('gate.allowed', `id-${sequence}`, origin), data: { ...data, position } }
}

/** Returns a record as an API server has it, with these objects in place of its events. */
function stored(...events: readonly object[]): AccessRecordDraft {
  const record = eventRecord([event(1)])
  return { ...record, spec: { ...record.spec, events: events.map((one) => ({ ...one })) } }
}

const words = Array.from({ length: 4_200 }, () => '')

test('an event that the version before wrote too large is read as it is written today, and its neighbours as they are', () => {
  const poison = event(2, { actor: { username: 'alice' }, tried: { command: words } }, { void: [{ from: 1, to: 1 }] })
  const { events, problems } = readRecord(stored(event(1), poison, event(3)))

  expect(problems).toEqual([])
  expect([events[0], events[2]]).toEqual([event(1), event(3)])
  expect(events[1]).toMatchObject({
    id: 'id-2',
    data: { actor: { username: 'alice' }, position: poison.data.position },
  })
  expect(events[1]?.data.cut).toMatchObject([{ field: 'data.tried.command', length: 4_200 }])
  for (const one of events) expect(checkEvent(one)).toMatchObject({ ok: true })
})

test('what a newer version has written is read as it is', () => {
  const newer = { ...event(1, { weather: { rain: true } }), type: 'dev.sallyport.gate.delayed.v2', note: 'new' }

  expect(readRecord(stored(newer))).toEqual({ events: [newer], problems: [] })
})

describe('what Sallyport did not write is told in its place, by a hash of it, and its neighbours are read', () => {
  test.each<[string, object, RegExp]>([
    ['nothing of an event', { note: 'x' }, /is missing/],
    ['data that is a list', { ...event(2), data: [] }, /event\.data must be object/],
    ['an event of another place', event(7), /not in the place that it names/],
    ['an event without a place', { ...event(2), data: {} }, /not in the place that it names/],
    ['a link among events', makeLink({ index: 0 }, [event(1)], origin), /not in the place that it names/],
    ['a time that is none', { ...event(2), time: 'yesterday' }, /event\.time must match/],
  ])('%s', (_title, strange, problem) => {
    const { events, problems } = readRecord(stored(event(1), strange, event(3)))

    expect(problems).toEqual([expect.stringMatching(problem)])
    expect([events[0], events[2]]).toEqual([event(1), event(3)])
    expect(events[1]).toMatchObject({
      id: expect.stringMatching(/^unreadable\.[0-9a-f]{32}$/),
      type: 'dev.sallyport.event.unreadable.v1',
      data: {
        position: { boot: 'b', sequence: 2 },
        unreadable: { hash: eventHash(strange as AuditEvent), problem: expect.stringMatching(problem) },
      },
    })
    expect(checkEvent(events[1])).toMatchObject({ ok: true })
  })
})

test.each<[string, Partial<AccessRecordDraft['metadata']>, readonly object[]]>([
  ['a record that holds nothing', {}, []],
  ['a record of another name', { name: 'mine', uid: 'u-1' }, [event(1), event(2)]],
  ['a record whose number is absurd', { name: 'event-b-99999999999', uid: 'u-1' }, [event(1)]],
  ['a record whose name is as long as can be', { name: 'x'.repeat(253) }, [event(1)]],
])('%s has events that can be linked', (_title, metadata, events) => {
  const record = stored(...events)
  const read = readRecord({ ...record, metadata: { ...record.metadata, ...metadata } })

  expect(read.events).toHaveLength(Math.max(1, events.length))
  expect(read.problems.length).toBeGreaterThan(0)
  for (const one of read.events) {
    expect(one.data.position).toBeDefined()
    expect(checkEvent(one)).toMatchObject({ ok: true })
  }
})

describe('a link', () => {
  const link = makeLink({ index: 0 }, [event(1)], origin)
  const record = eventRecord([link])

  test('is read as it is', () => {
    expect(readRecord(record)).toEqual({ events: [link], problems: [] })
  })

  test.each<[string, AccessRecordDraft]>([
    ['of another name', { ...record, metadata: { ...record.metadata, name: 'link-2' } }],
    ['that holds nothing', { ...record, spec: { ...record.spec, events: [] } }],
    ['that is an event', { ...stored(event(1)), metadata: { ...record.metadata, labels: {} } }],
  ])('%s is none', (_title, strange) => {
    expect(readRecord(strange)).toEqual({
      events: [],
      problems: [expect.stringMatching(/^it is named as a link and is not one: .*SHA-256 [0-9a-f]{64}$/)],
    })
  })
})
