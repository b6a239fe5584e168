import { accessRecordKind } from '../../api/kinds/access-record.ts'
import type { AuditEvent } from '../../api/audit-event.ts'
import type { Instant } from '../../api/duration.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { linkable, makeLink, positionKey } from '../chain/chain.ts'
import { eventRecord } from '../record/event-record.ts'
import type { AccessRecordDraft } from '../../api/kinds/access-record.ts'
import type { Client } from '../../cluster/client/client.ts'
import { installation } from '../../api/installation.ts'
import type { Journal } from './journal.ts'

export interface Linking {
  readonly source: string
  readonly sinks: readonly string[]
  readonly now: Instant
}

/**
 * Returns the link that is due: one of events that have none, or one that lets go of the events that every sink has.
 */
export function dueLink(journal: Journal, { source, sinks, now }: Linking): AccessRecordDraft | undefined {
  const events = ofOneLink(journal, linkable({ events: journal.unlinked(), through: journal.head.through }, now))
  const done = doneThrough(journal, sinks)
  const first = Math.max(journal.links[0]?.link.index ?? 1, journal.prunedThrough + 1)
  // If only one link is done, and it is small, it waits for the next event. A large one would keep many records
  // meanwhile.
  if (events.length === 0 && done <= first && !isLargeAndOld(journal, done, now)) return undefined
  return eventRecord([makeLink(journal.head, events, { source, now }, done > 0 ? done : undefined)])
}

// Well below the smallest `maxWaiting`.
const maxKept = 32
// If more events follow soon, their link can release this one. A separate link would cost a write, while users wait.
const quietMs = 2_000

function isLargeAndOld({ links }: Journal, index: number, now: Instant): boolean {
  const one = links.find(({ link }) => link.index === index)
  if (!one || one.link.events.length <= maxKept) return false
  return (fromMicroTime(one.event.time) ?? 0) + quietMs <= now
}

// The object of a link then has at most some 30 KB. The schema has the same bound.
const maxLinked = 256

/**
 * Returns as many events as a link takes. The events of one record stay together: it is deleted when the sinks have all
 * of one link.
 */
function ofOneLink({ events }: Journal, all: readonly AuditEvent[]): readonly AuditEvent[] {
  const recordOf = (event?: AuditEvent): string | undefined =>
    event?.data.position && events.get(positionKey(event.data.position))?.name
  let count = Math.min(all.length, maxLinked)
  while (count < all.length && recordOf(all[count - 1]) === recordOf(all[count])) count--
  return all.slice(0, count)
}

/** Returns the last link up to which every sink has everything. */
function doneThrough({ links }: Journal, sinks: readonly string[]): number {
  let done = 0
  for (const one of links) {
    if (!sinks.every((sink) => one.hasReached(sink))) break
    done = one.link.index
  }
  return done
}

// Nobody waits for a deletion, but everybody waits for the API server.
const prunedAtOnce = 4

/** Deletes the records that the last links call pruned. */
export async function prune(client: Client, journal: Journal, signal: AbortSignal): Promise<void> {
  const { links, events, prunedThrough } = journal
  for (const one of links.filter(({ link }) => link.index <= prunedThrough)) {
    const names = [...new Set(one.link.events.flatMap((event) => events.get(positionKey(event))?.name ?? []))]
    const worker = async (): Promise<void> => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) await remove(client, name, signal)
    }
    await Promise.all(Array.from({ length: prunedAtOnce }, worker))
    // The link goes last: only it tells that its events are to go.
    await remove(client, one.name, signal)
  }
}

function remove(client: Client, name: string, signal: AbortSignal): Promise<boolean> {
  return client.remove(accessRecordKind, { namespace: installation.namespace, name }, signal)
}
