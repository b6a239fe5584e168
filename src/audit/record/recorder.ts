import type { AuditEvent } from '../../api/audit-event.ts'
import { denied, type Deny } from '../../decision/decision.ts'
import { say } from '../../decision/text/sentence.ts'
import type { Sink } from '../delivery/sink.ts'
import { createLaterEvents } from './later-events.ts'
import type { RecordWriter } from './record-writer.ts'

export interface RecorderOptions {
  readonly writer: RecordWriter
  readonly sinks: readonly Sink[]
  /** True if so many events wait for the sinks that all access is denied. */
  readonly isFull: () => boolean
  /** True at twice the limit: then denials, too, stay in memory, so that a flood of them cannot fill etcd. */
  readonly isCrowded: () => boolean
  readonly onFailure: (event: AuditEvent, error: unknown, what: string) => void
}

/** Keeps events before their access happens. */
export interface Recorder {
  /** Resolves once the event is kept. Resolves to a denial if it is not kept: the access must then not happen. */
  record(event: AuditEvent, signal: AbortSignal): Promise<Deny | undefined>
  /** Keeps the event of something that has happened anyway, as soon as it can. */
  recordLater(event: AuditEvent): void
  /** Returns the number of events that `recordLater` still has to keep. */
  waiting(): number
  /** True if `record` was tried for this event. The recorder then forgets that. */
  wasTried(id: string): boolean
  /** Resolves when all events are kept, or when the time is over. */
  close(withinMs: number): Promise<void>
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { writer, isFull, onFailure } = options
  const required = options.sinks.filter(({ mode }) => mode === 'Required')
  const tried = new Set<string>()
  const later = createLaterEvents(options)
  return {
    async record(event, signal) {
      if (isFull()) return denied('E_AUDIT_FULL', 'Too many audit events wait for a sink')
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

/** Brings the event to each sink. Resolves to the names of the sinks that did not take it. */
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
  return denied('E_AUDIT_SINK', say`The audit event did not reach required sink ${failed.join(', ')}`)
}
