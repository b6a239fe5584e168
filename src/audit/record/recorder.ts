import type { AuditEvent } from '../../api/audit-event.ts'
import { denied, type Deny } from '../../decision/decision.ts'
import { say } from '../../decision/text/sentence.ts'
import type { Sink } from '../delivery/sink.ts'
import { createLaterEvents } from './later-events.ts'
import type { RecordWriter } from './record-writer.ts'

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

export function createRecorder(options: RecorderOptions): Recorder {
  const { writer, isFull, onFailure } = options
  const required = options.sinks.filter(({ mode }) => mode === 'Required')
  const tried = new Set<string>()
  const later = createLaterEvents(options)
  return {
    async record(event, signal) {
      if (isFull()) return denied('E_AUDIT_FULL', 'The audit events that wait for a sink are too many')
      signal.throwIfAborted()
      tried.add(event.id)
      const refusal = refusalOf(await failedToTake(required, event, signal, onFailure))
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
    recordLater: (event) => {
      later.add(event)
    },
    waiting: () => later.waiting(),
    wasTried: (id) => tried.delete(id),
    close: (withinMs) => later.close(withinMs),
  }
}

/** Brings the event to each sink; resolves to the names of those that did not take it. */
async function failedToTake(
  sinks: readonly Sink[],
  event: AuditEvent,
  signal: AbortSignal,
  onFailure: RecorderOptions['onFailure'],
): Promise<readonly string[]> {
  const results = await Promise.all(
    sinks.map(async (sink) => {
      try {
        if (sink.accepts(event)) await sink.deliver(event, signal)
        return undefined
      } catch (error) {
        onFailure(event, error, `sink ${sink.name}`)
        return sink.name
      }
    }),
  )
  return results.filter((name) => name !== undefined)
}

function refusalOf(failed: readonly string[]): Deny | undefined {
  if (failed.length === 0) return undefined
  return denied(
    'E_AUDIT_SINK',
    say`Nobody is let in unless sink ${failed.join(', ')} has the audit event, and it did not take it`,
  )
}
