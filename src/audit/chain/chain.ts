import type { AuditEvent, AuditLink, AuditPosition } from '../../api/audit-event.ts'
import type { Instant, Milliseconds } from '../../api/duration.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { canonicalDigest } from '../../decision/canonical-json.ts'
import { envelope, type AuditOrigin } from '../event/audit-event.ts'

/** Returns the SHA-256 of the event as canonical JSON (RFC 8785): it does not depend on the writer. */
export function eventHash(event: AuditEvent): string {
  return canonicalDigest(event)
}

/** Returns the number of an event among those of its replica, as text. */
export function positionKey({ boot, sequence }: Pick<AuditPosition, 'boot' | 'sequence'>): string {
  return `${boot}/${sequence}`
}

/** Tells which missing numbers do not matter. The later events of the replica say so. */
export interface Excuses {
  /** Returns the last number of the excused range around this number; undefined if the number is not excused. */
  through(boot: string, sequence: number): number | undefined
}

/**
 * Reads the excuses from the events. A number is void if a later event says so. If every later event says that a number
 * was still being written, its replica ended before it could know. That leaves a gap, and nobody removed anything.
 */
export function excuses(positions: readonly AuditPosition[]): Excuses {
  const byBoot = Map.groupBy(positions, ({ boot }) => boot)
  const voids = new Map(
    [...byBoot].map(([boot, all]) => [boot, mergedRanges(all.flatMap(({ void: ranges = [] }) => ranges))]),
  )
  return {
    through(boot, sequence) {
      const range = voids.get(boot)?.find(({ from, to }) => from <= sequence && sequence <= to)
      if (range) return range.to
      const later = (byBoot.get(boot) ?? []).filter((one) => one.sequence > sequence)
      return later.length > 0 && later.every(({ unsettled = [] }) => unsettled.includes(sequence))
        ? sequence
        : undefined
    },
  }
}

/** The end of the chain, where the next link goes on. */
export interface ChainHead {
  /** 0 before the first link. */
  readonly index: number
  readonly hash?: string | undefined
  /** The last linked number of each replica. The events that every sink has are deleted and can no longer tell it. */
  readonly through?: AuditLink['through']
}

/** Returns the link up to which the records may be gone, as these links say; 0 if none says so. */
export function prunedThrough(links: Iterable<AuditLink>): number {
  let through = 0
  for (const link of links) through = Math.max(through, link.prunedThrough ?? 0)
  return through
}

// A write takes at most 10 s. An event that is missing after this time does not come.
const settledMs: Milliseconds = 30_000

interface Unlinked {
  readonly events: readonly AuditEvent[]
  /** The last linked number of each replica. */
  readonly through?: AuditLink['through'] | undefined
}

/**
 * Returns the events that can be linked now, in their order. An event waits while an earlier one of its replica may
 * still come. A gap that stays is linked over: a verification will report it.
 */
export function linkable({ events, through = [] }: Unlinked, now: Instant): readonly AuditEvent[] {
  const positions = events.flatMap(({ data }) => data.position ?? [])
  const known = new Set(positions.map(positionKey))
  const excused = excuses(positions)
  const reached = new Map(through.map(({ boot, sequence }) => [boot, sequence]))
  const isWhole = ({ boot, sequence }: AuditPosition): boolean =>
    sequence - 1 <= (reached.get(boot) ?? 0) ||
    known.has(positionKey({ boot, sequence: sequence - 1 })) ||
    excused.through(boot, sequence - 1) !== undefined
  const waiting = new Map<string, number>()
  for (const { data, time } of events) {
    if (!data.position || isWhole(data.position) || (fromMicroTime(time) ?? 0) + settledMs < now) continue
    const { boot, sequence } = data.position
    waiting.set(boot, Math.min(waiting.get(boot) ?? Infinity, sequence))
  }
  return events
    .filter(({ data }) => data.position && data.position.sequence < (waiting.get(data.position.boot) ?? Infinity))
    .sort(byPosition)
}

function byPosition(a: AuditEvent, b: AuditEvent): number {
  const [one, other] = [a.data.position, b.data.position]
  if (!one || !other) return 0
  return one.boot === other.boot ? one.sequence - other.sequence : one.boot < other.boot ? -1 : 1
}

/** Makes the link that goes on from `head` with these events, which have positions. */
export function makeLink(
  head: ChainHead,
  events: readonly AuditEvent[],
  origin: AuditOrigin,
  pruned?: number,
): AuditEvent {
  const index = head.index + 1
  const link: AuditLink = {
    index,
    ...(head.hash !== undefined && { previous: head.hash }),
    events: events.flatMap((event) => {
      const { position } = event.data
      return position ? [{ boot: position.boot, sequence: position.sequence, hash: eventHash(event) }] : []
    }),
    through: throughAfter(head.through ?? [], events),
    ...(pruned !== undefined && { prunedThrough: pruned }),
  }
  return { ...envelope('chain.linked', `${head.hash?.slice(0, 32) ?? 'first'}.${index}`, origin), data: { link } }
}

const maxBoots = 64

function throughAfter(before: AuditLink['through'], events: readonly AuditEvent[]): AuditLink['through'] {
  const through = new Map(before.map(({ boot, sequence }) => [boot, sequence]))
  for (const { data } of events) {
    if (!data.position) continue
    const { boot, sequence } = data.position
    const highest = Math.max(through.get(boot) ?? 0, sequence)
    // Moves the replica to the end: the list keeps those that were heard of last.
    through.delete(boot)
    through.set(boot, highest)
  }
  return [...through].slice(-maxBoots).map(([boot, sequence]) => ({ boot, sequence }))
}

/** Numbers that follow one another, both ends included. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/** Returns the same numbers in as few ranges as possible, in order. */
export function mergedRanges(ranges: readonly NumberRange[]): readonly NumberRange[] {
  const merged: NumberRange[] = []
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && from <= last.to + 1) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, to) }
    else merged.push({ from, to })
  }
  return merged
}
