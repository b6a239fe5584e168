import type { AuditEvent } from '../../api/audit-event.ts'
import type { AccessRecord } from '../../api/kinds/access-record.ts'
import { eventHash, prunedThrough, type ChainHead } from '../chain/chain.ts'
import { deliveredAnnotation } from '../record/event-record.ts'
import { readRecord, type ReadRecord } from '../record/read-record.ts'
import { createLinkedEvents, type KeptEvent, type KeptLink } from './linked-events.ts'

/** All events that are kept in the cluster, as they stand. */
export interface Journal {
  /** Differs after each change. */
  readonly version: number
  /** The links in their order. */
  readonly links: readonly KeptLink[]
  /** The events by position; links are not among them. */
  readonly events: ReadonlyMap<string, KeptEvent>
  /** Returns the events that are not in a link. */
  unlinked(): readonly AuditEvent[]
  readonly head: ChainHead
  /** All records up to this link are being deleted: every sink of that time had them. */
  readonly prunedThrough: number
  /** Records that have the name of a link and are not one, by that name. Each is in the way of a link. */
  readonly impostors: ReadonlyMap<string, AccessRecord>
}

/** A journal that gets every change, so that a change does not cost more when many events wait. */
export interface KeptJournal extends Journal {
  /**
   * Takes up a change. Calls `onProblem` for a record that is not as Sallyport writes it: somebody else made or changed
   * it.
   */
  change(before: AccessRecord | undefined, after: AccessRecord | undefined): void
}

export function createJournal(onProblem: (name: string, problem: string) => void): KeptJournal {
  const kept = createLinkedEvents()
  const impostors = new Map<string, AccessRecord>()
  // Each record is read once, and not again when it goes.
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
    for (const event of resultOf(record).events) kept.drop(record.metadata.name, event)
  }

  function put(record: AccessRecord): void {
    const { name, annotations = {} } = record.metadata
    const { events, problems } = resultOf(record)
    if (problems.length > 0) onProblem(name, problems.join('; '))
    if (events.length === 0) impostors.set(name, record)
    const hasReached = (sink: string): boolean => annotations[deliveredAnnotation(sink)] !== undefined
    for (const event of events) kept.put({ name, event, hasReached })
  }

  const inOrder = (): readonly KeptLink[] =>
    (sorted ??= [...kept.links.values()].sort((a, b) => a.link.index - b.link.index))
  return {
    get version() {
      return version
    },
    get links() {
      return inOrder()
    },
    events: kept.events,
    impostors,
    unlinked: () => [...kept.unlinked].flatMap((key) => kept.events.get(key)?.event ?? []),
    get head() {
      return (head ??= headOf(inOrder().at(-1)))
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

function headOf(last: KeptLink | undefined): ChainHead {
  if (!last) return { index: 0 }
  return { index: last.link.index, hash: eventHash(last.event), through: last.link.through }
}
