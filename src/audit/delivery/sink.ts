import type { SinkConfig } from '../../api/config/audit-config.ts'
import type { AuditEvent } from '../../api/audit-event.ts'
import type { Instant } from '../../api/duration.ts'
import { createSignedCaller } from '../../signed-calls/signed-caller.ts'

/** A receiver of events outside the cluster. */
export interface Sink {
  readonly name: string
  readonly mode: SinkConfig['mode']
  /** True if the sink wants the event. */
  accepts(event: AuditEvent): boolean
  /**
   * Resolves when the sink has the event.
   * @throws Error whose message is for the log: it says what is wrong, and not what the sink sent
   */
  deliver(event: AuditEvent, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** The media type of an event that is delivered. */
export const eventContentType = 'application/cloudevents+json; charset=utf-8'

/** Makes a sink over HTTPS. Its calls are signed by Standard Webhooks. */
export function createSink(config: SinkConfig, now: () => Instant): Sink {
  const { name, mode } = config
  const caller = createSignedCaller(config, now)
  return {
    name,
    mode,
    accepts: (event) => isWanted(config, event),
    async deliver(event, signal) {
      const { status } = await caller.post(
        { id: event.id, contentType: eventContentType, body: JSON.stringify(event) },
        signal,
      )
      if (status < 200 || status > 299) throw new Error(`it answered ${status}`)
    },
    close: () => caller.close(),
  }
}

const typePrefix = 'dev.sallyport.'

function isWanted({ types, namespaces, skip }: SinkConfig, { id, type, data }: AuditEvent): boolean {
  if (skip?.includes(id)) return false
  const namespace = data.request?.namespace ?? data.tried?.namespace
  if (namespaces && (namespace === undefined || !namespaces.includes(namespace))) return false
  return !types || types.some((wanted) => type.startsWith(`${typePrefix}${wanted}.`))
}
