import type { AccessRecord } from '../../api/kinds/access-record.ts'
import { positionKey } from '../chain/chain.ts'
import { deliveredAnnotation } from '../record/event-record.ts'
import { isLinkRecord, placesOf, readRecord } from '../record/read-record.ts'

/** The part of a record that is counted: the positions of its events, or of those that a link lists. */
export interface CountedRecord {
  readonly isLink: boolean
  readonly positions: readonly string[]
  /** True if every sink has these events. */
  readonly isDelivered: boolean
}

export function countedRecord(record: AccessRecord, sinks: readonly string[]): CountedRecord {
  const { annotations = {} } = record.metadata
  const isDelivered = sinks.every((sink) => annotations[deliveredAnnotation(sink)] !== undefined)
  if (!isLinkRecord(record)) return { isLink: false, positions: placesOf(record).map(positionKey), isDelivered }
  const linked = readRecord(record).events.flatMap(({ data }) => data.link?.events ?? [])
  return { isLink: true, positions: linked.map(positionKey), isDelivered }
}

/**
 * Counts the events in the cluster, and those of them that wait for a sink. An event that every sink has is kept only
 * until it is deleted.
 */
export interface WaitingEvents {
  change(before: CountedRecord | undefined, after: CountedRecord | undefined): void
  kept(): number
  waiting(): number
}

export function createWaitingEvents(): WaitingEvents {
  const kept = new Set<string>()
  /** Some of these events may be gone already. */
  const delivered = new Set<string>()
  const waiting = new Set<string>()

  function judge(position: string): void {
    if (kept.has(position) && !delivered.has(position)) waiting.add(position)
    else waiting.delete(position)
  }

  function apply({ isLink, positions, isDelivered }: CountedRecord, isThere: boolean): void {
    for (const position of positions) {
      if (!isLink) setMember(kept, position, isThere)
      if (isDelivered) setMember(delivered, position, isThere)
      judge(position)
    }
  }

  return {
    change(before, after) {
      if (before) apply(before, false)
      if (after) apply(after, true)
    },
    kept: () => kept.size,
    waiting: () => waiting.size,
  }
}

function setMember(set: Set<string>, one: string, isMember: boolean): void {
  if (isMember) set.add(one)
  else set.delete(one)
}
