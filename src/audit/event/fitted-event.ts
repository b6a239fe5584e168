import { AuditEvent, type AuditCut, type AuditData, type AuditPosition } from '../../api/audit-event.ts'
import { schemaCheck, type Checked } from '../../api/schema/schema-check.ts'
import { canonicalDigest } from '../../decision/canonical-json.ts'
import { fit } from './fit.ts'

/** Checks a value against the schema that every reader of events has. */
export const checkEvent = schemaCheck(AuditEvent, 'event')

const { properties: known } = AuditEvent.properties.data
const checkCuts = schemaCheck(known.cut, 'cut')

type Envelope = Omit<AuditEvent, 'data'>

/** The parts of an event. Any text or list in them may be too long. */
export interface EventDraft extends Envelope {
  readonly data: object
}

// The API server takes 1.5 MiB, and a position comes on top.
const maxBytes = 128 * 1_024
// Characters of a text, from one try to the next.
const steps = [Infinity, 1_024, 256, 64]

/** An event that its schema takes, whatever it is made of: cut to fit or, where that does not help, saying so. */
export function fittedEvent(draft: EventDraft): AuditEvent {
  const result = tryToFit(draft)
  if (result.ok) return result.value
  const { data, ...envelope } = draft
  return unreadableEvent(envelope, data, result.problems)
}

/** The draft, cut to what the schema allows; or why no cut makes it an event. */
export function tryToFit({ data, ...envelope }: EventDraft): Checked<AuditEvent> {
  const about = fit(AuditEvent, envelope)
  for (const most of steps) {
    const told = fit(AuditEvent.properties.data, data as AuditData, { at: 'data', most })
    const before = checkCuts(told.value.cut)
    const cut = onceEach([...(before.ok ? before.value : []), ...about.cut, ...told.cut])
    const result = checkEvent({ ...about.value, data: { ...told.value, ...(cut.length > 0 && { cut }) } })
    if (!result.ok || Buffer.byteLength(JSON.stringify(result.value)) <= maxBytes) return result
  }
  return { ok: false, problems: [`event is larger than ${maxBytes} bytes`] }
}

/** Keeps the first cut of each field: it tells of the whole text, a later one of what the first left. */
function onceEach(cuts: readonly AuditCut[]): readonly AuditCut[] {
  return [...new Map(cuts.toReversed().map((cut) => [cut.field, cut])).values()].toReversed()
}

/** The event that stands in for one that cannot be told. @param what there was */
export function unreadableEvent(
  envelope: Envelope,
  what: unknown,
  problems: readonly string[],
  position?: AuditPosition,
): AuditEvent {
  const unreadable = { hash: canonicalDigest(what), problem: problems.join('; ') }
  return fit(AuditEvent, { ...envelope, data: { unreadable, ...(position && { position }) } }).value
}
