import type { AuditEvent } from '../../api/audit-event.ts'
import { accessRecordKind } from '../../api/kinds/access-record.ts'
import { positionKey } from '../chain/chain.ts'
import { deliveredAnnotation } from '../record/event-record.ts'
import type { Sink } from './sink.ts'
import { isNotFound } from '../../cluster/client/api-error.ts'
import { createBackoff, type BackoffOptions } from '../../cluster/queue/backoff.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock, Instant } from '../../cluster/clock/clock.ts'
import { createLanes } from '../../cluster/queue/ordered-lanes.ts'
import { installation } from '../../api/installation.ts'
import type { Journal, KeptLink } from './journal.ts'
import type { WakeUp } from './wake-up.ts'

export interface Feeding {
  readonly client: Pick<Client, 'patch'>
  readonly sink: Sink
  readonly journal: Journal
  /** Is woken when the journal may have changed. */
  readonly look: WakeUp
  /** Never set: how long a sink was away is measured. */
  readonly clock: Clock
  readonly random: () => number
  readonly onFailure: (event: AuditEvent, error: unknown, retryInMs: number) => void
  readonly onMissing: (position: string, link: number) => void
}

// Few enough for a small receiver, enough for some thousand events a second.
const atOnce = 16
const sinkBackoff = { initialMs: 500, capMs: 30_000, resetAfterMs: 60_000 } as const
// One that fails may be an event that the sink cannot take; so many with none between are the sink.
const failuresOfSink = 8

/** What is left to be done of a link. */
interface Work {
  readonly link: KeptLink
  undelivered: number
}

/** Without an event: to mark the link as delivered. */
interface Task {
  readonly work: Work
  readonly event?: AuditEvent
}

/**
 * Delivers what is linked, each event at least once: those of one request one after another, in the order of the chain, and
 * different requests beside each other. It never skips one. What a sink does not take is tried again until it does, and
 * holds up what comes after it of its request, and nothing else.
 */
export async function feedSink(feeding: Feeding, signal: AbortSignal): Promise<void> {
  const { client, sink, journal, look, clock, random, onFailure } = feeding
  const backoff: BackoffOptions = { ...sinkBackoff, clock, random }
  const lanes = createLanes<Task>(backoff)
  const health = createHealth(backoff)
  const inWork = new Set<string>()
  const running = new Set<Promise<void>>()
  let seen: number | undefined
  let wakesAt: Instant = Infinity

  function takeUp(): void {
    if (journal.version === seen) return
    seen = journal.version
    const waiting = journal.links.filter((one) => one.link.index > journal.prunedThrough && !one.hasReached(sink.name))
    const names = new Set(waiting.map(({ name }) => name))
    for (const name of inWork) if (!names.has(name)) inWork.delete(name)
    for (const link of waiting) {
      if (inWork.has(link.name)) continue
      inWork.add(link.name)
      const events = undelivered(feeding, link)
      const work = { link, undelivered: events.length }
      for (const event of events) lanes.add(orderKey(event), { work, event })
      if (events.length === 0) conclude(work)
    }
  }

  /** The link itself comes after its events: then it says nothing that the sink cannot look up. */
  function conclude(work: Work): void {
    const { name, event } = work.link
    if (sink.accepts(event)) lanes.add(name, { work, event })
    lanes.add(name, { work })
  }

  async function carryOut({ work, event }: Task): Promise<void> {
    if (event) {
      await sink.deliver(event, signal)
      return
    }
    const annotations = { [deliveredAnnotation(sink.name)]: 'true' }
    const where = { namespace: installation.namespace, name: work.link.name }
    try {
      await client.patch(accessRecordKind, where, { metadata: { annotations } }, signal)
    } catch (error) {
      // Somebody removed it: there is nothing to mark, and whoever verifies will see that.
      if (!isNotFound(error)) throw error
    }
  }

  async function run(lane: string, task: Task): Promise<void> {
    const { work, event } = task
    try {
      await carryOut(task)
    } catch (error) {
      if (signal.aborted) return
      const retryInMs = lanes.failed(lane)
      if (event) health.failed()
      onFailure(event ?? work.link.event, error, Math.round(Math.max(retryInMs, health.pausedUntil() - clock.now())))
      return
    }
    lanes.done(lane)
    // What failed while the sink was away did so for that alone.
    if (event && health.worked()) lanes.forgive()
    if (event && event !== work.link.event && --work.undelivered === 0) conclude(work)
  }

  function start(): void {
    while (running.size < health.atOnce() && clock.now() >= health.pausedUntil()) {
      const turn = lanes.take()
      if (!turn) return
      const one = run(turn.lane, turn.item).finally(() => {
        running.delete(one)
        look.wake()
      })
      running.add(one)
    }
  }

  /** A view that changes and a delivery that ends wake it anyway. */
  function wakeInTime(): void {
    if (running.size >= health.atOnce()) return
    const due = health.pausedUntil() > clock.now() ? health.pausedUntil() : lanes.nextDue()
    if (due >= wakesAt) return
    wakesAt = due
    const wake = (): void => {
      wakesAt = Infinity
      look.wake()
    }
    clock.sleepUntil(due, signal).then(wake, () => undefined)
  }

  try {
    while (!signal.aborted) {
      takeUp()
      start()
      wakeInTime()
      await look.wait(Infinity, signal)
    }
  } finally {
    // Whoever goes on from here must not be overtaken by what is still under way.
    await Promise.all(running)
  }
}

/** Whether a sink takes events: one that takes none gets one at a time, with pauses that grow. */
interface Health {
  failed(): void
  /** True where it had been taken for away. */
  worked(): boolean
  atOnce(): number
  pausedUntil(): Instant
}

function createHealth(options: BackoffOptions): Health {
  let backoff = createBackoff(options)
  let failures = 0
  let pausedUntil: Instant = -Infinity
  const isAway = (): boolean => failures >= failuresOfSink
  return {
    failed() {
      failures++
      // Of many that fail at once one pause comes, not many.
      const now = options.clock.now()
      if (isAway() && now >= pausedUntil) pausedUntil = now + backoff.next()
    },
    worked() {
      const wasAway = isAway()
      failures = 0
      pausedUntil = -Infinity
      if (wasAway) backoff = createBackoff(options)
      return wasAway
    },
    atOnce: () => (isAway() ? 1 : atOnce),
    pausedUntil: () => pausedUntil,
  }
}

function undelivered({ sink, journal, onMissing }: Feeding, { link }: KeptLink): readonly AuditEvent[] {
  const found = link.events.flatMap((position) => {
    const kept = journal.events.get(positionKey(position))
    if (!kept) onMissing(positionKey(position), link.index)
    return kept && sink.accepts(kept.event) && !kept.hasReached(sink.name) ? [kept.event] : []
  })
  return found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
}

/** Events of one request reach a sink in their order. A request that has no name yet has no order. */
function orderKey({ id, subject, type, data: { request, tried } }: AuditEvent): string {
  if (request) return `${request.namespace}/${request.name}`
  return type.startsWith('dev.sallyport.request.') && tried?.name !== undefined ? (subject ?? id) : id
}
