import { AuditEvent } from '../api/audit-event.ts'
import { accessRecordKind, type AccessRecord, type AccessRecordDraft } from '../api/kinds/access-record.ts'
import { validator } from '../api/validator.ts'
import { installation } from '../provision/install/names.ts'

/** Marks the records that are events, apart from those that are uses. */
export const auditLabel = 'access.sallyport.dev/audit'

/** On the record of an event: that this sink has it. On a link's: that it has the link and all events of it. */
export function deliveredAnnotation(sink: string): string {
  return `delivered.access.sallyport.dev/${sink}`
}

/** The record of an event that has its place. Its name goes by that: who makes a second one of the same place is refused. */
export function eventRecord(event: AuditEvent, deliveredTo: readonly string[] = []): AccessRecordDraft {
  const { request } = event.data
  return {
    apiVersion: accessRecordKind.apiVersion,
    kind: accessRecordKind.kind,
    metadata: {
      name: recordName(event),
      namespace: installation.namespace,
      labels: { [auditLabel]: event.data.link ? 'link' : 'event' },
      ...(deliveredTo.length > 0 && { annotations: delivered(deliveredTo) }),
    },
    spec: { id: event.id, type: event.type, time: event.time, ...(request && { request }), data: { ...event } },
  }
}

function delivered(sinks: readonly string[]): Record<string, string> {
  return Object.fromEntries(sinks.map((sink) => [deliveredAnnotation(sink), 'true']))
}

function recordName({ id, data: { link, position } }: AuditEvent): string {
  if (link) return `link-${link.index}`
  if (position) return `event-${position.boot}-${position.sequence}`
  throw new Error(`event ${id} has no place`)
}

const validate = validator(AuditEvent, 'event')

/** The event in a record, or what is wrong with it. */
export function eventOfRecord({ spec }: Pick<AccessRecord, 'spec'>): ReturnType<typeof validate> {
  return validate(spec.data)
}

/** The event in a line of JSON. */
export function eventOfLine(line: string): ReturnType<typeof validate> {
  try {
    return validate(JSON.parse(line))
  } catch {
    return { ok: false, problems: ['it is no JSON'] }
  }
}
