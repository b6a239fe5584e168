import type { AuditEvent } from '../../api/audit-event.ts'
import { printableWhole } from '../../api/printable.ts'

/** The events that a user wants to see. A field that is left out lets all pass. */
export interface Wanted {
  readonly namespace?: string | undefined
  /** The name of the request that an event is about. */
  readonly request?: string | undefined
  /** The user who did it, or who asked for the access. */
  readonly user?: string | undefined
}

/** True if the event is about the namespace, the request and the user. */
export function isWanted(event: AuditEvent, wanted: Wanted): boolean {
  const { request, tried, actor, requestor } = event.data
  const about: Readonly<Record<keyof Wanted, readonly (string | undefined)[]>> = {
    namespace: [request?.namespace ?? tried?.namespace],
    request: [request?.name],
    user: [actor?.username, requestor?.username],
  }
  return Object.entries(about).every(([field, values]) => {
    const value = wanted[field as keyof Wanted]
    return value === undefined || values.includes(value)
  })
}

const typeWidth = 'objects.provisioned'.length

/** Writes an event as one short line for people: time in UTC, type, object, user, text. */
export function eventLine({ time, type, subject = '-', data }: AuditEvent): string {
  const shortType = type.replace(/^dev\.sallyport\./, '').replace(/\.v\d+$/, '')
  const { username = '-' } = data.actor ?? data.requestor ?? {}
  const words = [`${time.slice(0, 19)}Z`, shortType.padEnd(typeWidth), subject, username, textOf(data)]
  return words
    .map((word) => printableWhole(word))
    .join('  ')
    .trimEnd()
}

function textOf({ decision, message, finding, phase }: AuditEvent['data']): string {
  if (decision) return `${decision.code} ${decision.message}`
  return message ?? finding?.code ?? phase ?? ''
}
