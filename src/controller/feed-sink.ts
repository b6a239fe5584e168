import type { AuditEvent } from '../api/audit-event.ts'
import { accessRecordKind } from '../api/kinds/access-record.ts'
import { positionKey } from '../audit/chain.ts'
import { deliveredAnnotation } from '../audit/event-record.ts'
import type { Sink } from '../audit/sink.ts'
import { createBackoff } from '../cluster/backoff.ts'
import type { Client } from '../cluster/client.ts'
import { steadyClock } from '../cluster/clock.ts'
import { installation } from '../provision/install/names.ts'
import type { Journal, KeptLink } from './audit-records.ts'

export interface Feeding {
  readonly client: Client
  readonly sink: Sink
  readonly journal: () => Journal
  /** Resolves when the journal may have changed. */
  readonly changed: () => Promise<void>
  readonly onFailure: (event: AuditEvent, error: unknown, retryInMs: number) => void
  readonly onMissing: (position: string, link: number) => void
}

// Few enough for a small receiver, enough for some thousand events a second.
const atOnce = 16
const sinkBackoff = { initialMs: 500, capMs: 30_000, resetAfterMs: 60_000 } as const

/**
 * Delivers link after link, and in a link the events of each request one after another: so a sink gets them in the order
 * of the chain, each at least once. It never skips one.
 */
export async function feedSink(
  { client, sink, journal, changed, onFailure, onMissing }: Feeding,
  signal: AbortSignal,
): Promise<void> {
  const backoff = createBackoff({ ...sinkBackoff, clock: steadyClock, random: Math.random })
  let pausedUntil = 0

  async function deliver(event: AuditEvent): Promise<void> {
    for (;;) {
      await steadyClock.sleepUntil(pausedUntil, signal)
      try {
        await sink.deliver(event, signal)
        return
      } catch (error) {
        signal.throwIfAborted()
        // Of many that fail at once one pause comes, not many.
        if (steadyClock.now() >= pausedUntil) {
          const retryInMs = backoff.next()
          pausedUntil = steadyClock.now() + retryInMs
          onFailure(event, error, Math.round(retryInMs))
        }
      }
    }
  }

  async function deliverAll(link: KeptLink): Promise<void> {
    const waiting = [...undelivered(link).values()]
    const worker = async (): Promise<void> => {
      for (let events = waiting.shift(); events; events = waiting.shift()) for (const one of events) await deliver(one)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    if (sink.accepts(link.event)) await deliver(link.event)
  }

  /** By what must keep its order. */
  function undelivered({ link }: KeptLink): ReadonlyMap<string, readonly AuditEvent[]> {
    const { events } = journal()
    const found = link.events.flatMap((position) => {
      const kept = events.get(positionKey(position))
      if (!kept) onMissing(positionKey(position), link.index)
      return kept && sink.accepts(kept.event) && !kept.hasReached(sink.name) ? [kept.event] : []
    })
    const inTime = found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    return Map.groupBy(inTime, orderKey)
  }

  /** Until the view has the mark. */
  async function untilMarked({ name }: KeptLink): Promise<void> {
    const isUnmarked = (): boolean => journal().links.some((one) => one.name === name && !one.hasReached(sink.name))
    while (!signal.aborted && isUnmarked()) await changed()
  }

  while (!signal.aborted) {
    const next = journal().links.find((one) => !one.hasReached(sink.name))
    if (!next) {
      await changed()
      continue
    }
    await deliverAll(next)
    const annotations = { [deliveredAnnotation(sink.name)]: 'true' }
    const where = { namespace: installation.namespace, name: next.name }
    await client.patch(accessRecordKind, where, { metadata: { annotations } }, signal)
    // Else it would be delivered once more.
    await untilMarked(next)
  }
}

/** What is told of one request is told in its order. */
function orderKey({ id, subject, type, data: { request } }: AuditEvent): string {
  if (request) return `${request.namespace}/${request.name}`
  return type.startsWith('dev.sallyport.request.') ? (subject ?? id) : id
}
