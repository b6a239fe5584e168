import { expect, test } from '@jest/globals'
import type { AuditEvent } from '../../../../src/api/audit-event.ts'
import { makeLink } from '../../../../src/audit/chain/chain.ts'
import { createLinkedEvents, type KeptEvent } from '../../../../src/audit/delivery/linked-events.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'

const origin = { source: '/test', now: 1_795_000_000_000 }
const event = (sequence: number): AuditEvent => ({
  ...envelope('gate.denied', `id-${sequence}`, origin),
  data: { position: { boot: 'b', sequence } },
})
const [one, two] = [event(1), event(2)]
const link = makeLink({ index: 0 }, [one], origin)
const kept = (name: string, of: AuditEvent): KeptEvent => ({ name, event: of, hasReached: () => false })

test('an event is not linked until its link comes, whichever comes first', () => {
  for (const order of [
    [one, link],
    [link, one],
  ]) {
    const events = createLinkedEvents()
    events.put(kept('record-2', two))
    for (const [index, put] of order.entries()) events.put(kept(`record-${index}`, put))

    expect([...events.unlinked]).toEqual(['b/2'])
    expect([...events.events.keys()].sort()).toEqual(['b/1', 'b/2'])
    expect([...events.links.values()].map((found) => found.link.index)).toEqual([1])
  }
})

test('an event whose link goes is not linked any more; one that is gone is nowhere', () => {
  const events = createLinkedEvents()
  events.put(kept('record-1', one))
  events.put(kept('link-1', link))

  events.drop('link-1', link)
  expect([...events.unlinked]).toEqual(['b/1'])
  events.drop('record-1', one)
  expect([events.unlinked.size, events.events.size]).toEqual([0, 0])
})

test('a record that goes does not take away what another has put in its place', () => {
  const events = createLinkedEvents()
  events.put(kept('record-1', one))
  events.put(kept('forged', one))

  events.drop('record-1', one)
  expect(events.events.get('b/1')?.name).toBe('forged')
})
