import type { AuditEvent } from '../../api/audit-event.ts'
import type { OrderedLanes } from '../../cluster/queue/ordered-lanes.ts'
import { positionKey } from '../chain/chain.ts'
import type { Journal } from './journal.ts'
import type { KeptLink } from './linked-events.ts'
import type { Sink } from './sink.ts'

/** A link, and how much of it is left to do. */
interface Work {
  readonly link: KeptLink
  undelivered: number
}

/** One step towards a sink that has all of a link. Without an event, the step marks the link as delivered. */
export interface Task {
  readonly work: Work
  readonly event?: AuditEvent
}

interface SinkTasksOptions {
  readonly sink: Pick<Sink, 'name' | 'accepts'>
  readonly journal: Pick<Journal, 'version' | 'links' | 'events' | 'prunedThrough'>
  readonly lanes: Pick<OrderedLanes<Task>, 'add'>
  readonly onMissing: (position: string, link: number) => void
}

/** Finds in the journal what one sink still has to get. Puts each step into a lane once. */
export interface SinkTasks {
  /** Takes the events that were linked since the last time. */
  takeUp(): void
  /** Must be called once a task is done: after the last event of a link, the link follows. */
  done(task: Task): void
}

export function createSinkTasks({ sink, journal, lanes, onMissing }: SinkTasksOptions): SinkTasks {
  const inWork = new Set<string>()
  let seen: number | undefined

  /** Delivers the link itself. It comes after its events, so that the sink knows all that it lists. */
  function conclude(work: Work): void {
    const { name, event } = work.link
    if (sink.accepts(event)) lanes.add(name, { work, event })
    lanes.add(name, { work })
  }

  function undelivered({ link }: KeptLink): readonly AuditEvent[] {
    const found = link.events.flatMap((position) => {
      const kept = journal.events.get(positionKey(position))
      if (!kept) onMissing(positionKey(position), link.index)
      return kept && sink.accepts(kept.event) && !kept.hasReached(sink.name) ? [kept.event] : []
    })
    return found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  }

  return {
    takeUp() {
      if (journal.version === seen) return
      seen = journal.version
      const waiting = journal.links.filter(
        (one) => one.link.index > journal.prunedThrough && !one.hasReached(sink.name),
      )
      const names = new Set(waiting.map(({ name }) => name))
      for (const name of inWork) if (!names.has(name)) inWork.delete(name)
      for (const link of waiting) {
        if (inWork.has(link.name)) continue
        inWork.add(link.name)
        const events = undelivered(link)
        const work = { link, undelivered: events.length }
        for (const event of events) lanes.add(orderKey(event), { work, event })
        if (events.length === 0) conclude(work)
      }
    },
    done({ work, event }) {
      if (event && event !== work.link.event && --work.undelivered === 0) conclude(work)
    },
  }
}

/**
 * Returns the lane of an event. The events of one request reach a sink in their order. A request without a name yet has
 * no order.
 */
function orderKey({ id, subject, type, data: { request, tried } }: AuditEvent): string {
  if (request) return `${request.namespace}/${request.name}`
  return type.startsWith('dev.sallyport.request.') && tried?.name !== undefined ? (subject ?? id) : id
}
