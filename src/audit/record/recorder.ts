import type { AuditEvent } from '../../api/audit-event.ts'
import { maxEventsOfRecord } from '../../api/kinds/access-record.ts'
import { denied, type Deny } from '../../decision/decision.ts'
import { say } from '../../decision/text/sentence.ts'
import type { RecordWriter } from './record-writer.ts'
import type { Sink } from '../delivery/sink.ts'

export interface RecorderOptions {
  readonly writer: RecordWriter
  readonly sinks: readonly Sink[]
  /** Whether so much waits for the sinks that nobody may be let in. */
  readonly isFull: () => boolean
  /** Whether it is so much more that what has happened anyway must wait in memory, too: who is denied a lot must not fill etcd. */
  readonly isCrowded: () => boolean
  readonly onFailure: (event: AuditEvent, error: unknown, what: string) => void
}

/** Writes events down before anything comes of them. */
export interface Recorder {
  /** Resolves once the event is kept; to a denial where it is not, so that what it tells of must not happen. */
  record(event: AuditEvent, signal: AbortSignal): Promise<Deny | undefined>
  /** Keeps what has happened anyway, as soon as it can. */
  recordLater(event: AuditEvent): void
  /** How many events `recordLater` still has to keep. */
  waiting(): number
  /** Whether `record` was tried for this event; it then forgets it. */
  wasTried(id: string): boolean
  /** Resolves when all is kept that can be within the time. */
  close(withinMs: number): Promise<void>
}

// What has happened is kept in memory while the API server is away: some 10 MB.
const maxLater = 10_000
const retryMs = 1_000

export function createRecorder({ writer, sinks, isFull, isCrowded, onFailure }: RecorderOptions): Recorder {
  const required = sinks.filter(({ mode }) => mode === 'Required')
  const tried = new Set<string>()
  const later: AuditEvent[] = []
  const closing = new AbortController()
  let draining: Promise<void> | undefined

  async function deliverRequired(event: AuditEvent, signal: AbortSignal): Promise<Deny | undefined> {
    const results = await Promise.all(
      required.map(async (sink) => {
        try {
          if (sink.accepts(event)) await sink.deliver(event, signal)
          return undefined
        } catch (error) {
          onFailure(event, error, `sink ${sink.name}`)
          return sink.name
        }
      }),
    )
    const failed = results.filter((name) => name !== undefined)
    if (failed.length === 0) return undefined
    return denied(
      'E_AUDIT_SINK',
      say`Nobody is let in unless sink ${failed.join(', ')} has the audit event, and it did not take it`,
    )
  }

  /** Which of them could not be kept, and why. */
  async function keep(
    batch: readonly AuditEvent[],
  ): Promise<{ readonly left: AuditEvent[]; readonly reason: unknown }> {
    if (isCrowded()) return { left: [...batch], reason: new Error('too many wait in the cluster for a sink') }
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
    async record(event, signal) {
      if (isFull()) return denied('E_AUDIT_FULL', 'The audit events that wait for a sink are too many')
      signal.throwIfAborted()
      tried.add(event.id)
      const refusal = await deliverRequired(event, signal)
      if (refusal) return refusal
      try {
        const has = required.filter((sink) => sink.accepts(event)).map(({ name }) => name)
        await writer.write(event, has, signal)
        return undefined
      } catch (error) {
        onFailure(event, error, 'record')
        return denied('E_AUDIT_RECORD', 'The audit event could not be kept in the cluster')
      }
    },
    recordLater(event) {
      if (later.length >= maxLater) onFailure(event, new Error(`${maxLater} events wait already`), 'record, dropped')
      else later.push(event)
      draining ??= drain()
    },
    waiting: () => later.length,
    wasTried: (id) => tried.delete(id),
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
