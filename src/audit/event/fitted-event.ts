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

// The API server takes 1.5 MiB, and a position is added later.
const maxBytes = 128 * 1_024
// The longest text in characters, one limit for each try.
const steps = [Infinity, 1_024, 256, 64]

/** Returns an event that always fits its schema. The draft is cut to fit. If that does not help, the event says so. */
export function fittedEvent(draft: EventDraft): AuditEvent {
  const result = tryToFit(draft)
  if (result.ok) return result.value
  const { data, ...envelope } = draft
  return unreadableEvent(envelope, data, result.problems)
}

/** Cuts the draft to what the schema allows. If no cut makes it an event, returns the reasons. */
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

/** Keeps the first cut of each field: it tells of the whole text, a later one only of the rest that the first left. */
function onceEach(cuts: readonly AuditCut[]): readonly AuditCut[] {
  return [...new Map(cuts.toReversed().map((cut) => [cut.field, cut])).values()].toReversed()
}

/** Returns the event that stands in for one that cannot be told. @param what the content that cannot be told */
export function unreadableEvent(
  envelope: Envelope,
  what: unknown,
  problems: readonly string[],
  position?: AuditPosition,
): AuditEvent {
  const unreadable = { hash: canonicalDigest(what), problem: problems.join('; ') }
  return fit(AuditEvent, { ...envelope, data: { unreadable, ...(position && { position }) } }).value
}
