import type { AuditEvent } from '../../api/audit-event.ts'
import { maxEventsOfRecord } from '../../api/kinds/access-record.ts'
import type { RecordWriter } from './record-writer.ts'

export interface LaterEventsOptions {
  readonly writer: RecordWriter
  /** True if too many events wait in the cluster, so that no more may be written there. */
  readonly isCrowded: () => boolean
  readonly onFailure: (event: AuditEvent, error: unknown, what: string) => void
}

/** Events of what has happened anyway. They wait in memory, and are kept as soon as possible. */
export interface LaterEvents {
  add(event: AuditEvent): void
  /** Returns the number of events that are still to be kept. */
  waiting(): number
  /** Resolves when all events are kept, or when the time is over. */
  close(withinMs: number): Promise<void>
}

// The API server may be away. This takes some 10 MB.
const maxLater = 10_000
const retryMs = 1_000

export function createLaterEvents({ writer, isCrowded, onFailure }: LaterEventsOptions): LaterEvents {
  const later: AuditEvent[] = []
  const closing = new AbortController()
  let draining: Promise<void> | undefined

  /** Writes the events. Resolves to those that could not be kept, and the reason. */
  async function keep(
    batch: readonly AuditEvent[],
  ): Promise<{ readonly left: AuditEvent[]; readonly reason: unknown }> {
    if (isCrowded()) return { left: [...batch], reason: new Error('too many events in the cluster wait for a sink') }
    const results = await Promise.allSettled(batch.map((event) => writer.write(event, [], closing.signal)))
    const left = batch.filter((_, index) => results[index]?.status === 'rejected')
    return { left, reason: results.find((result) => result.status === 'rejected')?.reason }
  }

  async function drain(): Promise<void> {
    while (later.length > 0 && !closing.signal.aborted) {
      const batch = later.slice(0, maxEventsOfRecord)
      const { left, reason } = await keep(batch)
      later.splice(0, batch.length, ...left)
      if (!left[0]) continue
      onFailure(left[0], reason, 'record')
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
    draining = undefined
  }

  return {
    add(event) {
      if (later.length >= maxLater) onFailure(event, new Error(`${maxLater} events wait already`), 'record, dropped')
      else later.push(event)
      draining ??= drain()
    },
    waiting: () => later.length,
    async close(withinMs) {
      const timer = setTimeout(() => {
        closing.abort()
      }, withinMs)
      await draining
      clearTimeout(timer)
      if (later[0]) onFailure(later[0], new Error(`this replica ends, and ${later.length} events are lost`), 'record')
    },
  }
}
