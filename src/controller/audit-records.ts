import type { AuditEvent, AuditLink } from '../api/audit-event.ts'
import { accessRecordKind, type AccessRecord } from '../api/kinds/access-record.ts'
import { eventHash, positionKey, type ChainHead } from '../audit/chain.ts'
import { auditLabel, deliveredAnnotation, eventOfRecord } from '../audit/event-record.ts'
import type { Client } from '../cluster/client.ts'
import { steadyClock } from '../cluster/clock.ts'
import { createReflector, type Reflector } from '../cluster/reflector.ts'
import type { ReflectorLog } from '../cluster/reflector-event.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { installation } from '../provision/install/names.ts'

/** An event and the record that keeps it. */
interface Kept {
  readonly name: string
  readonly event: AuditEvent
  hasReached(sink: string): boolean
}

export interface KeptLink extends Kept {
  readonly link: AuditLink
}

/** All events that are kept in the cluster, as they stand. */
export interface Journal {
  readonly links: readonly KeptLink[]
  /** By position; the links are not among them. */
  readonly events: ReadonlyMap<string, Kept>
  /** Keys of positions that a link has. */
  readonly linked: ReadonlySet<string>
  readonly head: ChainHead
}

/** Follows the records that are events. */
export function followRecords(client: Client, onChange: () => void, log: ReflectorLog): Reflector<AccessRecord> {
  return createReflector<AccessRecord>({
    client,
    resource: accessRecordKind,
    namespace: installation.namespace,
    labelSelector: auditLabel,
    indexes: {},
    clock: steadyClock,
    log,
    onChange,
  })
}

/** How many events are kept in the cluster, as far as this replica sees, while the signal lasts. */
export function countRecords(client: Client, log: ReflectorLog, signal: AbortSignal): { count(): number } {
  let count = 0
  const records = createReflector<KubeObject>({
    client,
    resource: accessRecordKind,
    namespace: installation.namespace,
    labelSelector: `${auditLabel}=event`,
    indexes: {},
    clock: steadyClock,
    log,
    // Nothing of them is needed but that they are there.
    trim: ({ apiVersion, kind, metadata: { name, namespace, uid, resourceVersion } }) => ({
      apiVersion,
      kind,
      metadata: {
        name,
        ...(namespace && { namespace }),
        ...(uid && { uid }),
        ...(resourceVersion && { resourceVersion }),
      },
    }),
    onChange: (_key, before, after) => {
      count += (after ? 1 : 0) - (before ? 1 : 0)
    },
  })
  void records.run(signal)
  return { count: () => count }
}

/** @param onProblem is told of a record that is no event: somebody made or changed it who is not Sallyport */
export function journalOf(
  records: readonly AccessRecord[],
  onProblem: (name: string, problem: string) => void,
): Journal {
  const links: KeptLink[] = []
  const events = new Map<string, Kept>()
  for (const record of records) {
    const { name, annotations = {} } = record.metadata
    const result = eventOfRecord(record)
    if (!result.ok) {
      onProblem(name, result.problems.join('; '))
      continue
    }
    const event = result.value
    const { link, position } = event.data
    const kept = { name, event, hasReached: (sink: string) => annotations[deliveredAnnotation(sink)] !== undefined }
    if (link) links.push({ ...kept, link })
    else if (position) events.set(positionKey(position), kept)
  }
  links.sort((a, b) => a.link.index - b.link.index)
  const last = links.at(-1)
  return {
    links,
    events,
    linked: new Set(links.flatMap(({ link }) => link.events.map(positionKey))),
    head: last ? { index: last.link.index, hash: eventHash(last.event), through: last.link.through } : { index: 0 },
  }
}
