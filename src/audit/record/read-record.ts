import { AuditEvent, typeName, type AuditPosition } from '../../api/audit-event.ts'
import type { AccessRecordDraft } from '../../api/kinds/access-record.ts'
import { schemaCheck, type Checked } from '../../api/schema/schema-check.ts'
import { canonicalDigest } from '../../decision/canonical-json.ts'
import { isFields } from '../../api/fields.ts'
import { positionKey } from '../chain/chain.ts'
import { auditLabel, linkName } from './event-record.ts'
import { sha256 } from '../event/fit.ts'
import { checkEvent, tryToFit, unreadableEvent, type EventDraft } from '../event/fitted-event.ts'

/** The contents of a record. */
export interface ReadRecord {
  /** Each has a place, or is a link. If an event cannot be read, one that says so stands in for it. */
  readonly events: readonly AuditEvent[]
  /** Sentences about the parts that Sallyport did not write. */
  readonly problems: readonly string[]
}

type EventPlace = Pick<AuditPosition, 'boot' | 'sequence'>
type RecordOfEvents = Pick<AccessRecordDraft, 'metadata' | 'spec'>

/**
 * Reads each event of a record separately: a bad one does not harm the others.
 * Versions up to 0.1.0 wrote events that are too large: they are cut to fit, as they would be today.
 */
export function readRecord(record: RecordOfEvents): ReadRecord {
  if (isLinkRecord(record)) return readLink(record)
  const { events = [] } = record.spec
  const read = placesOf(record).map((place, index) => readEvent(events[index], place, record))
  return { events: read.map(({ event }) => event), problems: read.flatMap(({ problems }) => problems) }
}

/** Reads the event in a line of JSON. */
export function eventOfLine(line: string): Checked<AuditEvent> {
  try {
    return checkEvent(JSON.parse(line))
  } catch {
    return { ok: false, problems: ['it is not JSON'] }
  }
}

export function isLinkRecord({ metadata: { name, labels } }: RecordOfEvents): boolean {
  return name.startsWith('link-') || labels?.[auditLabel] === 'link'
}

/** Reads a link. A link has no text of a user, so if it cannot be read, Sallyport did not write it. */
function readLink({ metadata: { name }, spec }: RecordOfEvents): ReadRecord {
  const [first] = spec.events ?? []
  const result = checkEvent(first)
  if (result.ok && result.value.data.link && linkName(result.value.data.link.index) === name) {
    return { events: [result.value], problems: [] }
  }
  const why = result.ok ? 'its name is not that of a link' : result.problems.join('; ')
  return { events: [], problems: [`it is named as a link and is not one: ${why}; SHA-256 ${canonicalDigest(spec)}`] }
}

// Names have the form that `eventRecord` gives them.
const eventName = /^event-(.{1,64})-([1-9]\d{0,8})$/

/**
 * Returns the place of each event, by the name of the record. If Sallyport did not name the record, its uid makes the
 * places.
 */
export function placesOf({ metadata: { name, uid = name }, spec }: RecordOfEvents): readonly EventPlace[] {
  const [, boot = uid.slice(0, 64), first = '1'] = eventName.exec(name) ?? []
  // A record without events takes a place, too: otherwise no sink would hear of it.
  const count = Math.max(1, spec.events?.length ?? 0)
  return Array.from({ length: count }, (_, index) => ({ boot, sequence: Number(first) + index }))
}

interface ReadEvent {
  readonly event: AuditEvent
  readonly problems: readonly string[]
}

function readEvent(stored: unknown, place: EventPlace, { spec }: RecordOfEvents): ReadEvent {
  const result = tryToRead(stored)
  if (result.ok && isAt(result.value, place)) return { event: result.value, problems: [] }
  const problems = result.ok ? ['event is not in the place that it names'] : result.problems
  const what = stored ?? spec
  const id = `unreadable.${sha256(positionKey(place)).slice(0, 32)}`
  const type = typeName('event.unreadable')
  const { source } = isFields(stored) ? stored : {}
  const envelope = { specversion: '1.0', datacontenttype: 'application/json', id, type, time: spec.time } as const
  const known = { ...envelope, source: typeof source === 'string' && source !== '' ? source : 'unknown' }
  return { event: unreadableEvent(known, what, problems, positionOf(stored, place)), problems }
}

function tryToRead(stored: unknown): Checked<AuditEvent> {
  const result = checkEvent(stored)
  if (result.ok || !isDraft(stored)) return result
  return tryToFit(stored)
}

function isDraft(stored: unknown): stored is EventDraft {
  return isFields(stored) && isFields(stored['data'])
}

function isAt({ data: { link, position } }: AuditEvent, place: EventPlace): boolean {
  return link === undefined && position !== undefined && positionKey(position) === positionKey(place)
}

const checkPosition = schemaCheck(AuditEvent.properties.data.properties.position, 'position')

/**
 * Returns the position that the event states, if its number is right. Otherwise nothing counts that it says about
 * earlier numbers.
 */
function positionOf(stored: unknown, place: EventPlace): AuditPosition {
  const data = isFields(stored) && isFields(stored['data']) ? stored['data'] : {}
  const result = checkPosition(data['position'])
  return result.ok && positionKey(result.value) === positionKey(place) ? result.value : place
}
