import { fromMicroTime } from '../../api/micro-time.ts'
import type { Instant } from '../../api/duration.ts'
import type { AuditEvent } from '../../api/audit-event.ts'
import { positionKey } from '../chain/chain.ts'
import type { Sink } from './sink.ts'
import type { Journal } from './journal.ts'

/** What a sink still has to get. */
export interface Backlog {
  readonly sink: string
  readonly events: number
  /** When the oldest of them happened. */
  readonly oldest: Instant | undefined
}

/** That the sink has an event is marked on its link, once it has all of that. */
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
