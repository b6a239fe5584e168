import type { AuditEvent } from '../../api/audit-event.ts'
import { accessRecordKind, type AccessRecordDraft } from '../../api/kinds/access-record.ts'
import { installation } from '../../api/installation.ts'

/** Marks the records that are events. Records of uses do not have it. */
export const auditLabel = 'access.sallyport.dev/audit'

/**
 * Returns the annotation that says: this sink has the event of the record. On the record of a link: it has the link and
 * all of its events.
 */
export function deliveredAnnotation(sink: string): string {
  return `delivered.access.sallyport.dev/${sink}`
}

/**
 * Returns the record of a link, or of events that have their places and that the same sinks have. Its name comes from
 * the first event. So the API server refuses a second record of the same place.
 */
export function eventRecord(events: readonly AuditEvent[], deliveredTo: readonly string[] = []): AccessRecordDraft {
  const [first] = events
  if (!first) throw new Error('a record must have an event')
  const request = requestOfAll(events)
  return {
    apiVersion: accessRecordKind.apiVersion,
    kind: accessRecordKind.kind,
    metadata: {
      name: recordName(first),
      namespace: installation.namespace,
      labels: { [auditLabel]: first.data.link ? 'link' : 'event' },
      ...(deliveredTo.length > 0 && { annotations: delivered(deliveredTo) }),
    },
    spec: {
      id: first.id,
      type: first.type,
      time: first.time,
      ...(request && { request }),
      events: events.map((event) => ({ ...event })),
    },
  }
}

function requestOfAll(events: readonly AuditEvent[]): AuditEvent['data']['request'] {
  const [request, ...others] = events.map(({ data }) => data.request)
  return others.every((other) => other?.uid === request?.uid) ? request : undefined
}

function delivered(sinks: readonly string[]): Record<string, string> {
  return Object.fromEntries(sinks.map((sink) => [deliveredAnnotation(sink), 'true']))
}

function recordName({ id, data: { link, position } }: AuditEvent): string {
  if (link) return linkName(link.index)
  if (position) return `event-${position.boot}-${position.sequence}`
  throw new Error(`event ${id} has no place`)
}

/** Returns the name of the record of a link. No other record can have it. */
export function linkName(index: number): string {
  return `link-${index}`
}
