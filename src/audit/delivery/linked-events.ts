import type { AuditEvent, AuditLink } from '../../api/audit-event.ts'
import { positionKey } from '../chain/chain.ts'

/** An event and the record that keeps it, perhaps with others. */
export interface KeptEvent {
  /** The name of the record. */
  readonly name: string
  readonly event: AuditEvent
  hasReached(sink: string): boolean
}

export interface KeptLink extends KeptEvent {
  readonly link: AuditLink
}

/** The events in the cluster, the links of their chain, and the events without a link. */
export interface LinkedEvents {
  /** Links by the name of their record. */
  readonly links: ReadonlyMap<string, KeptLink>
  /** Events by position; links are not among them. */
  readonly events: ReadonlyMap<string, KeptEvent>
  /** The positions of the events that are not in a link, in the order in which they came. */
  readonly unlinked: ReadonlySet<string>
  put(kept: KeptEvent): void
  /**
   * Removes an event.
   * @param name the record that kept the event
   */
  drop(name: string, event: AuditEvent): void
}

export function createLinkedEvents(): LinkedEvents {
  const links = new Map<string, KeptLink>()
  const events = new Map<string, KeptEvent>()
  const linked = new Set<string>()
  const unlinked = new Set<string>()

  function dropLink(name: string, link: AuditLink): void {
    links.delete(name)
    for (const key of link.events.map(positionKey)) {
      linked.delete(key)
      if (events.has(key)) unlinked.add(key)
    }
  }

  function dropEvent(name: string, key: string): void {
    // Someone may have made another record of the same place.
    if (events.get(key)?.name !== name) return
    events.delete(key)
    unlinked.delete(key)
  }

  return {
    links,
    events,
    unlinked,
    put(kept) {
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
    },
    drop(name, { data: { link, position } }) {
      if (link) dropLink(name, link)
      else if (position) dropEvent(name, positionKey(position))
    },
  }
}
