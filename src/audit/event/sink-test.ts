import type { AuditEvent } from '../../api/audit-event.ts'
import { envelope, type AuditOrigin } from './audit-event.ts'

/** Returns an event that only tries a sink. It has no place in the chain. */
export function sinkTest(origin: AuditOrigin, id: string): AuditEvent {
  const message = 'This is a test by kubectl access audit test. Nothing happened in the cluster.'
  return { ...envelope('sink.tested', id, origin), data: { message } }
}
