import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { typeName, type AuditEvent, type AuditPosition } from '../../../../src/api/audit-event.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { sinkTest } from '../../../../src/audit/event/sink-test.ts'
import { eventHash, linkable, makeLink, positionKey, type ChainHead } from '../../../../src/audit/chain/chain.ts'
import { verifyChain, type Verification } from '../../../../src/audit/chain/verify-chain.ts'

const now = 1_795_000_000_000
const origin = { source: '/test', now }

function event(boot: string, sequence: number, more: Partial<AuditPosition> = {}): AuditEvent {
  const position = { boot, sequence, ...more }
  return {
    ...envelope('gate.allowed', `${boot}-${sequence}`, origin),
    data: { actor: { username: 'alice' }, position },
  }
}

/** Returns links of so many events, as the leader writes them. */
function linksOf(events: readonly AuditEvent[], size: number): readonly AuditEvent[] {
  const links: AuditEvent[] = []
  const linked = new Set<AuditEvent>()
  let head: ChainHead = { index: 0 }
  for (;;) {
    const unlinked = events.filter((one) => !linked.has(one))
    const next = linkable({ events: unlinked, through: head.through }, now).slice(0, size)
    if (next.length === 0) return links
    const link = makeLink(head, next, origin)
    links.push(link)
    head = { index: head.index + 1, hash: eventHash(link), through: link.data.link?.through ?? [] }
    for (const one of next) linked.add(one)
  }
}

interface Whole {
  readonly events: readonly AuditEvent[]
  readonly links: readonly AuditEvent[]
  readonly all: readonly AuditEvent[]
  readonly head: ChainHead
}

function wholeOf(events: readonly AuditEvent[], size = 3): Whole {
  const links = linksOf(events, size)
  const last = links.at(-1)
  const head = { index: links.length, ...(last && { hash: eventHash(last) }) }
  return { events, links, all: [...events, ...links], head }
}

const boots = ['6f1d-a', '7b2c-b']
const whole = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 4 }))
  .map(([one, other, size]) => {
    const events = [one, other].flatMap((count, at) =>
      Array.from({ length: count }, (_, index) => event(boots[at] ?? '', index + 1)),
    )
    return wholeOf(events, size)
  })
const withPlace = whole.chain((one) => fc.tuple(fc.constant(one), fc.nat({ max: one.all.length - 1 })))

test('the test of a sink is no part of the chain, and no event is hidden by its type', () => {
  const { all } = wholeOf([event('6f1d-a', 1), event('6f1d-a', 2)])
  const [first, ...others] = all
  if (!first) throw new Error('there is no event')

  expect(verifyChain([...all, sinkTest(origin, 'test')])).toMatchObject({ ok: true, linked: 2, unlinked: 0 })
  const hidden: AuditEvent = { ...first, type: typeName('sink.tested') }
  expect(kindOf(verifyChain([hidden, ...others]))).toBe('changed')
  expect(kindOf(verifyChain([{ ...hidden, data: {} }, ...others]))).toBe('missing')
})

const kindOf = (result: Verification): string => (result.ok ? 'ok' : result.broken.kind)

describe('whatever is done to a chain is found', () => {
  test('and nothing where nothing was done, in any order and with repetitions', () => {
    const shuffled = whole.chain((one) =>
      fc.tuple(
        fc.constant(one),
        fc.shuffledSubarray([...one.all], { minLength: one.all.length }),
        fc.subarray([...one.all]),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([{ events, head }, all, again]) => {
        expect(verifyChain([...all, ...again], { head })).toEqual({
          ok: true,
          head,
          firstLink: 1,
          linked: events.length,
          unlinked: 0,
        })
      }),
    )
  })

  test('an edit', () => {
    const field = fc.constantFrom('time', 'source', 'type', 'subject', 'id')
    fc.assert(
      fc.property(withPlace, field, ([{ all, head }, place], name) => {
        const edited = all.map((one, index) => (index === place ? { ...one, [name]: 'another' } : one))

        expect(['changed', 'forked']).toContain(kindOf(verifyChain(edited, { head })))
      }),
    )
  })

  test('an edit of what was done', () => {
    fc.assert(
      fc.property(withPlace, ([{ events, links, head }, place]) => {
        const edited = events.map((one, index) =>
          index === place % events.length ? { ...one, data: { ...one.data, actor: { username: 'eve' } } } : one,
        )

        expect(kindOf(verifyChain([...edited, ...links], { head }))).toBe('changed')
      }),
    )
  })

  test('an edited copy beside the event', () => {
    fc.assert(
      fc.property(withPlace, ([{ all, head }, place]) => {
        const copies = all.slice(place, place + 1).map((one) => ({ ...one, time: 'another' }))

        expect(['changed', 'forked']).toContain(kindOf(verifyChain([...all, ...copies], { head })))
      }),
    )
  })

  test('a deletion', () => {
    fc.assert(
      fc.property(withPlace, ([{ all, head }, place]) => {
        const rest = all.filter((_, index) => index !== place)

        expect(['missing', 'cut', 'changed']).toContain(kindOf(verifyChain(rest, { head })))
      }),
    )
  })

  test('a re-ordering: two events that change places', () => {
    const two = whole.filter(({ events }) => events.length > 1)
    fc.assert(
      fc.property(two, fc.nat(), fc.nat(), ({ events, links, head }, a, b) => {
        const [one, other] = [a % events.length, b % events.length]
        fc.pre(one !== other)
        const positionAt = (index: number): object => ({ position: events[index]?.data.position })
        const swapped = events.map((each, index) => {
          if (index === one) return { ...each, data: { ...each.data, ...positionAt(other) } }
          return index === other ? { ...each, data: { ...each.data, ...positionAt(one) } } : each
        })

        expect(kindOf(verifyChain([...swapped, ...links], { head }))).toBe('changed')
      }),
    )
  })

  test('a fork: a second chain from some link on', () => {
    fc.assert(
      fc.property(withPlace, ([{ events, links, all, head }, place]) => {
        const at = place % links.length
        const from = links[at - 1]
        const other = makeLink({ index: at, hash: from && eventHash(from) }, [event('eve', 1)], origin)
        expect(kindOf(verifyChain([...all, event('eve', 1), other], { head }))).toBe('forked')

        const replaced = [...events, event('eve', 1), ...links.slice(0, at), other]
        expect(['forked', 'cut']).toContain(kindOf(verifyChain(replaced, { head })))
      }),
    )
  })

  test('a truncation, by what was seen at the end before', () => {
    fc.assert(
      fc.property(whole, fc.nat(), ({ events, links, head }, cutAt) => {
        const kept = links.slice(0, cutAt % links.length)
        const keys = new Set(kept.flatMap(({ data }) => data.link?.events.map(positionKey) ?? []))
        const rest = events.filter(({ data }) => data.position && keys.has(positionKey(data.position)))

        expect(kindOf(verifyChain([...kept, ...rest], { head }))).toBe('cut')
      }),
    )
  })
})

describe('a number that is missing', () => {
  const verify = (...events: AuditEvent[]): string => kindOf(verifyChain(wholeOf(events).all))

  test('was removed', () => {
    expect(verify(event('b', 1), event('b', 3))).toBe('missing')
    expect(verify(event('b', 2))).toBe('missing')
  })

  test('is void where a later event says that its write failed', () => {
    expect(verify(event('b', 1), event('b', 3, { void: [{ from: 2, to: 2 }] }))).toBe('ok')
  })

  test('was being written when the replica was killed', () => {
    expect(verify(event('b', 1), event('b', 3, { unsettled: [2] }), event('b', 4, { unsettled: [2] }))).toBe('ok')
  })

  test('was removed where a later event does not wait for it any more', () => {
    expect(verify(event('b', 1), event('b', 3, { unsettled: [2] }), event('b', 4))).toBe('missing')
  })
})

describe('a chain whose earlier part is gone', () => {
  const { events, links } = wholeOf(
    [1, 2, 3, 4].map((sequence) => event('b', sequence)),
    2,
  )
  const [first, second] = links
  const later = [...events.slice(2), ...(second ? [second] : [])]
  const since = { index: 1, ...(first && { hash: eventHash(first) }) }

  test('goes on from where the verification before ended', () => {
    expect(verifyChain(later, { since })).toMatchObject({ ok: true, firstLink: 2, linked: 2 })
  })

  test('is broken where nothing is known of that, or something else', () => {
    expect(verifyChain(later)).toMatchObject({ broken: { kind: 'missing', place: 'link 1' } })
    expect(kindOf(verifyChain(later, { since: { index: 1, hash: 'another' } }))).toBe('forked')
  })
})

test('of what a required sink was told, before it had a place, it says so', () => {
  const told = { ...event('b', 1), data: { actor: { username: 'alice' } } }
  const why: unknown = expect.stringContaining('a Required sink gets events without one')
  expect(verifyChain([told])).toMatchObject({ ok: false, broken: { place: 'event b-1', why } })
})

test('a number that was changed to an absurd one takes no time', () => {
  expect(kindOf(verifyChain([event('b', 1), event('b', 2_000_000_000)]))).toBe('missing')
  const events = [event('b', 1), event('b', 2_000_000_000, { void: [{ from: 2, to: 1_999_999_999 }] })]
  expect(kindOf(verifyChain(events))).toBe('ok')
})

describe('records that every sink has are deleted', () => {
  const events = [1, 2, 3, 4].map((sequence) => event('b', sequence))
  const first = makeLink({ index: 0 }, events.slice(0, 2), origin)
  const second = makeLink({ index: 1, hash: eventHash(first) }, events.slice(2), origin, 1)

  test('in the cluster, as a link says', () => {
    const left = [...events.slice(2), second]

    expect(verifyChain(left, { mayBePruned: true })).toMatchObject({ ok: true, firstLink: 2 })
    expect(verifyChain([...left, first], { mayBePruned: true })).toMatchObject({ ok: true })
    expect(kindOf(verifyChain([...events.slice(3), second], { mayBePruned: true }))).toBe('missing')
  })

  test('and what was removed after them, before it was linked, is found', () => {
    const left = [...events.slice(2), second]

    expect(verifyChain([...left, event('b', 5)], { mayBePruned: true })).toMatchObject({ ok: true, unlinked: 1 })
    expect(kindOf(verifyChain([...left, event('b', 6)], { mayBePruned: true }))).toBe('missing')
  })

  test('and not in what a sink has kept', () => {
    expect(kindOf(verifyChain([...events.slice(1), first, second]))).toBe('missing')
  })
})

describe('an event is linked', () => {
  const linkedNow = (events: readonly AuditEvent[], at = now): readonly number[] =>
    linkable({ events }, at).map(({ data }) => data.position?.sequence ?? 0)

  test('once nothing can come before it', () => {
    expect(linkedNow([event('b', 1), event('b', 3)])).toEqual([1])
    expect(linkedNow([event('b', 3), event('b', 2), event('b', 1)])).toEqual([1, 2, 3])
    expect(linkedNow([event('b', 1), event('b', 3, { void: [{ from: 2, to: 2 }] })])).toEqual([1, 3])
  })

  test('also where what came before it is linked and gone', () => {
    const first = makeLink({ index: 0 }, [event('b', 1), event('b', 2)], origin)
    const empty = makeLink({ index: 1, hash: eventHash(first), through: first.data.link?.through ?? [] }, [], origin)
    const next = { events: [event('b', 3)], through: empty.data.link?.through }

    expect(linkable(next, now)).toHaveLength(1)
    expect(linkable({ ...next, events: [event('b', 4)] }, now)).toHaveLength(0)
  })

  test('in the end also over a gap, which a verification then finds', () => {
    expect(linkedNow([event('b', 1), event('b', 3)], now + 31_000)).toEqual([1, 3])
  })
})
