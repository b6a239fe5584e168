import { typeName, type AuditEvent, type AuditLink, type AuditPosition } from '../../api/audit-event.ts'
import { eventHash, excuses, positionKey, prunedThrough, type ChainHead } from './chain.ts'

/** The first place at which a chain is broken. */
interface Broken {
  readonly kind: 'changed' | 'missing' | 'forked' | 'cut'
  /** `link 7`, or an event by its replica and number. */
  readonly place: string
  readonly why: string
}

export type Verification =
  | { readonly ok: false; readonly broken: Broken }
  | {
      readonly ok: true
      /** Keep it somewhere else: with it, the next verification finds whether the end was cut off. */
      readonly head: ChainHead
      /** Above 1 if the chain does not begin at its beginning. */
      readonly firstLink: number
      readonly linked: number
      /** The number of events that are not in a link yet. */
      readonly unlinked: number
    }

interface Expected {
  /** The end that an earlier verification saw. */
  readonly head?: ChainHead | undefined
  /** The end of an earlier verification, if this one has only later events. */
  readonly since?: ChainHead | undefined
  /** True for the cluster, where records that links call pruned may be gone. A sink must still have all of them. */
  readonly mayBePruned?: boolean
}

interface Chain {
  /** Links by index; an index has several if someone forked the chain. */
  readonly links: ReadonlyMap<number, readonly Linked[]>
  /** The different hashes of the events at a position. */
  readonly events: ReadonlyMap<string, ReadonlySet<string>>
  readonly positions: readonly AuditPosition[]
  /** The first event that is not part of a chain. */
  readonly unplaced: Broken | undefined
}

interface Linked {
  readonly link: AuditLink
  readonly hash: string
}

/**
 * Verifies that these events are whole and as they were written. They may come in any order and more than once.
 * Only with `expected.head` can it find that the end was cut off.
 */
export function verifyChain(events: Iterable<AuditEvent>, expected: Expected = {}): Verification {
  const chain = chainOf(events)
  const indexes = [...chain.links.keys()].sort((a, b) => a - b)
  const broken = chain.unplaced ?? firstBroken(chain, indexes, expected)
  if (broken) return { ok: false, broken }
  const last = indexes.at(-1) ?? 0
  const linked = linkedKeys(chain)
  return {
    ok: true,
    head: { index: last, hash: chain.links.get(last)?.[0]?.hash },
    firstLink: indexes[0] ?? 1,
    linked: linked.size,
    unlinked: [...chain.events.keys()].filter((key) => !linked.has(key)).length,
  }
}

function firstBroken(chain: Chain, indexes: readonly number[], expected: Expected): Broken | undefined {
  const pruned = expected.mayBePruned ? prunedThrough(linksOf(chain)) : 0
  const [first = 1] = indexes
  return (
    wrongStart(chain, first, pruned, expected.since) ??
    brokenLinks(chain, indexes) ??
    cutOff(chain, indexes, expected.head) ??
    brokenEvents(chain, indexes, pruned) ??
    gaps(chain, pruned, first > 1 || pruned > 0)
  )
}

/** Keeps only the hash and the place of each event: an archive may be larger than the memory. */
function chainOf(all: Iterable<AuditEvent>): Chain {
  const links = new Map<number, Linked[]>()
  const events = new Map<string, Set<string>>()
  const positions: AuditPosition[] = []
  let unplaced: Broken | undefined
  for (const event of all) {
    if (isTest(event)) continue
    const { link, position } = event.data
    const hash = eventHash(event)
    if ((link === undefined) === (position === undefined)) unplaced ??= withoutPlace(event)
    else if (link) {
      const same = links.get(link.index) ?? []
      if (!same.some((one) => one.hash === hash)) links.set(link.index, [...same, { link, hash }])
    } else if (position) {
      const key = positionKey(position)
      events.set(key, (events.get(key) ?? new Set()).add(hash))
      positions.push(position)
    }
  }
  return { links, events, positions, unplaced }
}

/** True for the test of a sink. If somebody makes another event look so, that event is missing. */
function isTest({ type, data: { link, position } }: AuditEvent): boolean {
  return type === typeName('sink.tested') && !link && !position
}

function linksOf({ links }: Chain): readonly AuditLink[] {
  return [...links.values()].flat().map(({ link }) => link)
}

function withoutPlace({ id, data: { link } }: AuditEvent): Broken {
  const why = link
    ? 'it must have either a position or a link'
    : 'it has no place in the chain; a Required sink gets events without one, so verify a Queued sink'
  return { kind: 'changed', place: `event ${id}`, why }
}

function brokenLinks({ links }: Chain, indexes: readonly number[]): Broken | undefined {
  for (const [at, index] of indexes.entries()) {
    const before = indexes[at - 1]
    const same = links.get(index) ?? []
    if (same.length > 1)
      return { kind: 'forked', place: `link ${index}`, why: `there are ${same.length} different links` }
    if (before !== undefined && before !== index - 1) {
      return { kind: 'missing', place: `link ${before + 1}`, why: `link ${before} and link ${index} exist` }
    }
    const problem = wrongPrevious(
      index,
      same[0]?.link.previous,
      before === undefined ? undefined : links.get(before)?.[0],
    )
    if (problem) return problem
  }
  return undefined
}

function wrongPrevious(index: number, previous: string | undefined, before: Linked | undefined): Broken | undefined {
  if ((previous === undefined) !== (index === 1)) {
    return { kind: 'changed', place: `link ${index}`, why: 'only link 1 has no link before it' }
  }
  if (!before || before.hash === previous) return undefined
  return { kind: 'changed', place: `link ${index - 1}`, why: `link ${index} follows another link of that number` }
}

function cutOff({ links }: Chain, indexes: readonly number[], head: ChainHead | undefined): Broken | undefined {
  if (!head || head.index === 0) return undefined
  const last = indexes.at(-1) ?? 0
  if (last < head.index) {
    return {
      kind: 'cut',
      place: `link ${last + 1}`,
      why: `the chain ends with link ${last}, and went on to link ${head.index}`,
    }
  }
  const there = links.get(head.index)?.[0]
  if (!there || there.hash === head.hash) return undefined
  return { kind: 'forked', place: `link ${head.index}`, why: 'it is not the link that was seen before' }
}

/** Checks that the first link is the first one there ever was, or goes on from a known one. */
function wrongStart({ links }: Chain, first: number, pruned: number, since: ChainHead | undefined): Broken | undefined {
  const from = Math.max(since?.index ?? 0, pruned) + 1
  if (first > from) return { kind: 'missing', place: `link ${from}`, why: `the first existing one is link ${first}` }
  if (!since) return undefined
  const next = links.get(since.index + 1)?.[0]
  if (!next || next.link.previous === since.hash) return undefined
  return { kind: 'forked', place: `link ${since.index + 1}`, why: 'it does not follow the link that was seen before' }
}

function brokenEvents(chain: Chain, indexes: readonly number[], pruned: number): Broken | undefined {
  const all = indexes.flatMap((index) => chain.links.get(index) ?? [])
  const seen = new Map<string, number>()
  for (const { link } of all) {
    for (const one of link.events) {
      const key = positionKey(one)
      const place = `event ${key}, of link ${link.index}`
      const earlier = seen.get(key)
      if (earlier !== undefined) return { kind: 'forked', place, why: `link ${earlier} has it already` }
      seen.set(key, link.index)
      const problem = brokenEvent(chain.events.get(key), one.hash)
      if (problem && !(problem.kind === 'missing' && link.index <= pruned)) return { ...problem, place }
    }
  }
  return twice(chain, seen)
}

function brokenEvent(hashes: ReadonlySet<string> | undefined, hash: string): Pick<Broken, 'kind' | 'why'> | undefined {
  if (!hashes) return { kind: 'missing', why: 'it existed when it was linked' }
  if (hashes.size === 1 && hashes.has(hash)) return undefined
  return {
    kind: 'changed',
    why: hashes.has(hash) ? 'another event has the same place' : 'it is not the event that was linked',
  }
}

function twice({ events }: Chain, linked: ReadonlyMap<string, number>): Broken | undefined {
  const [key] = [...events].find(([one, hashes]) => hashes.size > 1 && !linked.has(one)) ?? []
  return key === undefined ? undefined : { kind: 'forked', place: `event ${key}`, why: 'there are different events' }
}

/**
 * Finds a missing number.
 * @param isLater true if the chain begins after its beginning, so that the first numbers are unknown
 */
function gaps(chain: Chain, pruned: number, isLater: boolean): Broken | undefined {
  const excused = excuses(chain.positions)
  const links = linksOf(chain)
  const gone = new Set(links.filter(({ index }) => index <= pruned).flatMap((link) => link.events.map(positionKey)))
  const reached = links
    .filter(({ index }) => index > pruned)
    .flatMap((link) => [...link.events, ...link.through].map(positionKey))
  const known = new Map<string, Set<number>>()
  for (const key of new Set([...chain.events.keys(), ...reached])) {
    if (gone.has(key)) continue
    const at = key.lastIndexOf('/')
    const boot = key.slice(0, at)
    known.set(boot, (known.get(boot) ?? new Set()).add(Number(key.slice(at + 1))))
  }
  for (const [boot, numbers] of known) {
    const sorted = [...numbers].sort((a, b) => a - b)
    const first = isLater ? (sorted[0] ?? 1) : 1
    const gap = firstGap(sorted, first, (sequence) => excused.through(boot, sequence))
    if (gap !== undefined) {
      return {
        kind: 'missing',
        place: `event ${positionKey({ boot, sequence: gap })}`,
        why: 'later events of its replica exist',
      }
    }
  }
  return undefined
}

function firstGap(
  sorted: readonly number[],
  first: number,
  excusedThrough: (sequence: number) => number | undefined,
): number | undefined {
  let next = first
  for (const number of sorted) {
    // A number that was changed to an absurd one must not take for ever.
    while (next < number) {
      const through = excusedThrough(next)
      if (through === undefined) return next
      next = through + 1
    }
    next = Math.max(next, number + 1)
  }
  return undefined
}

function linkedKeys(chain: Chain): ReadonlySet<string> {
  return new Set(linksOf(chain).flatMap((link) => link.events.map(positionKey)))
}
