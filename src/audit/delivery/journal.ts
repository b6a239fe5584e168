import type { AuditEvent, AuditLink } from '../../api/audit-event.ts'
import type { AccessRecord } from '../../api/kinds/access-record.ts'
import { eventHash, positionKey, prunedThrough, type ChainHead } from '../chain/chain.ts'
import { deliveredAnnotation } from '../record/event-record.ts'
import { readRecord, type ReadRecord } from '../record/read-record.ts'

/** An event and the record that keeps it, perhaps with others. */
interface Kept {
  /** Of the record. */
  readonly name: string
  readonly event: AuditEvent
  hasReached(sink: string): boolean
}

export interface KeptLink extends Kept {
  readonly link: AuditLink
}

/** All events that are kept in the cluster, as they stand. */
export interface Journal {
  /** Another one after each change. */
  readonly version: number
  /** In their order. */
  readonly links: readonly KeptLink[]
  /** By position; the links are not among them. */
  readonly events: ReadonlyMap<string, Kept>
  /** Those of them that no link has. */
  unlinked(): readonly AuditEvent[]
  readonly head: ChainHead
  /** Up to this link all is being deleted: every sink that there was had it. */
  readonly prunedThrough: number
  /** Records that have the name of a link and are not one, by that name. Each is in the way of a link. */
  readonly impostors: ReadonlyMap<string, AccessRecord>
}

/** Told of every change, so that none costs more where many events wait. */
export interface KeptJournal extends Journal {
  /** Calls `onProblem` for a record that is not as Sallyport writes it: somebody else made or changed it. */
  change(before: AccessRecord | undefined, after: AccessRecord | undefined): void
}

export function createJournal(onProblem: (name: string, problem: string) => void): KeptJournal {
  const links = new Map<string, KeptLink>()
  const events = new Map<string, Kept>()
  const linked = new Set<string>()
  const unlinked = new Set<string>()
  const impostors = new Map<string, AccessRecord>()
  // Each is read once, and not again when it goes.
  const read = new WeakMap<AccessRecord, ReadRecord>()
  let version = 0
  let sorted: readonly KeptLink[] | undefined = []
  let head: ChainHead | undefined
  let pruned: number | undefined

  function resultOf(record: AccessRecord): ReadRecord {
    const result = read.get(record) ?? readRecord(record)
    read.set(record, result)
    return result
  }

  function drop(record: AccessRecord): void {
    impostors.delete(record.metadata.name)
    for (const { data } of resultOf(record).events) {
      if (data.link) dropLink(record.metadata.name, data.link)
      else if (data.position) dropEvent(record.metadata.name, positionKey(data.position))
    }
  }

  function dropLink(name: string, link: AuditLink): void {
    links.delete(name)
    for (const key of link.events.map(positionKey)) {
      linked.delete(key)
      if (events.has(key)) unlinked.add(key)
    }
  }

  function dropEvent(name: string, key: string): void {
    // Somebody may have made another one of the same place.
    if (events.get(key)?.name !== name) return
    events.delete(key)
    unlinked.delete(key)
  }

  function put(record: AccessRecord): void {
    const { name, annotations = {} } = record.metadata
    const { events: found, problems } = resultOf(record)
    if (problems.length > 0) onProblem(name, problems.join('; '))
    if (found.length === 0) impostors.set(name, record)
    const hasReached = (sink: string): boolean => annotations[deliveredAnnotation(sink)] !== undefined
    for (const event of found) putEvent({ name, event, hasReached })
  }

  function putEvent(kept: Kept): void {
    const { link, position } = kept.event.data
    if (link) {
      links.set(kept.name, { ...kept, link })
      for (const key of link.events.map(positionKey)) {
        linked.add(key)
        unlinked.delete(key)
      }
    } else if (position) {
      const key = positionKey(position)
      events.set(key, kept)
      if (!linked.has(key)) unlinked.add(key)
    }
  }

  const inOrder = (): readonly KeptLink[] =>
    (sorted ??= [...links.values()].sort((a, b) => a.link.index - b.link.index))
  return {
    get version() {
      return version
    },
    get links() {
      return inOrder()
    },
    events,
    impostors,
    unlinked: () => [...unlinked].flatMap((key) => events.get(key)?.event ?? []),
    get head() {
      const last = inOrder().at(-1)
      return (head ??= last
        ? { index: last.link.index, hash: eventHash(last.event), through: last.link.through }
        : { index: 0 })
    },
    get prunedThrough() {
      return (pruned ??= prunedThrough(inOrder().map(({ link }) => link)))
    },
    change(before, after) {
      if (before) drop(before)
      if (after) put(after)
      version++
      if ([before, after].some((record) => record?.metadata.name.startsWith('link-'))) {
        sorted = head = pruned = undefined
      }
    },
  }
}
