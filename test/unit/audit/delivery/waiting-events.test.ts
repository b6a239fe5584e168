import { expect, test } from '@jest/globals'
import type { AuditEvent } from '../../../../src/api/audit-event.ts'
import type { AccessRecord } from '../../../../src/api/kinds/access-record.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { makeLink } from '../../../../src/audit/chain/chain.ts'
import { deliveredAnnotation, eventRecord } from '../../../../src/audit/record/event-record.ts'
import { countedRecord, createWaitingEvents } from '../../../../src/audit/delivery/waiting-events.ts'

const origin = { source: '/test', now: 1_795_000_000_000 }
const events = [1, 2, 3].map((sequence): AuditEvent => {
  return { ...envelope('gate.denied', `id-${sequence}`, origin), data: { position: { boot: 'b', sequence } } }
})
const record = eventRecord(events) as AccessRecord
const link = eventRecord([makeLink({ index: 0 }, events, origin)]) as AccessRecord

const had = (one: AccessRecord, ...sinks: readonly string[]): AccessRecord => {
  const annotations = Object.fromEntries(sinks.map((sink) => [deliveredAnnotation(sink), 'true']))
  return { ...one, metadata: { ...one.metadata, annotations } }
}
const counted = (one: AccessRecord): ReturnType<typeof countedRecord> => countedRecord(one, ['archive', 'siem'])

test('an event waits until every sink has it, whatever lies there until it is deleted', () => {
  const count = createWaitingEvents()
  const seen: (readonly [number, number])[] = []
  const change = (before?: AccessRecord, after?: AccessRecord): void => {
    count.change(before && counted(before), after && counted(after))
    seen.push([count.kept(), count.waiting()])
  }

  change(undefined, record)
  change(undefined, link)
  change(link, had(link, 'archive'))
  change(had(link, 'archive'), had(link, 'archive', 'siem'))
  change(record, undefined)
  change(had(link, 'archive', 'siem'), undefined)

  expect(seen).toEqual([
    [3, 3],
    [3, 3],
    [3, 3],
    [3, 0],
    [0, 0],
    [0, 0],
  ])
})

test('what is listed in any order counts the same', () => {
  const count = createWaitingEvents()
  count.change(undefined, counted(had(link, 'archive', 'siem')))
  count.change(undefined, counted(record))

  expect([count.kept(), count.waiting()]).toEqual([3, 0])
})

test('what cannot be read counts until it was delivered, like all else', () => {
  const count = createWaitingEvents()
  const strange = { ...record, spec: { ...record.spec, events: [{ note: 'x' }, { note: 'y' }, { note: 'z' }] } }
  count.change(undefined, counted(strange))
  expect(count.waiting()).toBe(3)

  count.change(undefined, counted(had(link, 'archive', 'siem')))
  expect(count.waiting()).toBe(0)
})
