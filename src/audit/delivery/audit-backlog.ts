import { fromMicroTime } from '../../api/micro-time.ts'
import type { Instant } from '../../api/duration.ts'
import type { AuditEvent } from '../../api/audit-event.ts'
import { positionKey } from '../chain/chain.ts'
import type { Sink } from './sink.ts'
import type { Journal } from './journal.ts'

/** The events that a sink still has to get. */
export interface Backlog {
  readonly sink: string
  readonly events: number
  /** The time at which the oldest of them happened. */
  readonly oldest: Instant | undefined
}

/** Computes the backlog of a sink. A link is marked once the sink has all of its events. */
export function backlogOf({ links, events }: Journal, sink: Pick<Sink, 'name' | 'accepts'>): Backlog {
  const done = new Set(
    links.filter((link) => link.hasReached(sink.name)).flatMap(({ link }) => link.events.map(positionKey)),
  )
  const waiting = [...events].flatMap(([key, kept]) =>
    done.has(key) || kept.hasReached(sink.name) || !sink.accepts(kept.event) ? [] : [kept.event],
  )
  return { sink: sink.name, events: waiting.length, oldest: oldestOf(waiting) }
}

function oldestOf(events: readonly AuditEvent[]): Instant | undefined {
  const times = events.flatMap(({ time }) => fromMicroTime(time) ?? [])
  return times.length === 0 ? undefined : times.reduce((first, time) => Math.min(first, time))
}
