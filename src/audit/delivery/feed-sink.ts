import type { AuditEvent } from '../../api/audit-event.ts'
import { installation } from '../../api/installation.ts'
import { accessRecordKind } from '../../api/kinds/access-record.ts'
import { isNotFound } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock, Instant } from '../../cluster/clock/clock.ts'
import type { BackoffOptions } from '../../cluster/queue/backoff.ts'
import { createOrderedLanes, type OrderedLanes } from '../../cluster/queue/ordered-lanes.ts'
import { deliveredAnnotation } from '../record/event-record.ts'
import type { Journal } from './journal.ts'
import { createSinkHealth, type SinkHealth } from './sink-health.ts'
import { createSinkTasks, type SinkTasks, type Task } from './sink-tasks.ts'
import type { Sink } from './sink.ts'
import { createWaker, type WakeUp } from '../../cluster/queue/wake-up.ts'

export interface Feeding {
  readonly client: Pick<Client, 'patch'>
  readonly sink: Sink
  readonly journal: Journal
  /** Wakes when the journal may have changed. */
  readonly look: WakeUp
  /** A clock that is never set: it measures how long a sink was away. */
  readonly clock: Clock
  readonly random: () => number
  readonly onFailure: (event: AuditEvent, error: unknown, retryInMs: number) => void
  readonly onMissing: (position: string, link: number) => void
}

const sinkBackoff = { initialMs: 500, capMs: 30_000, resetAfterMs: 60_000 } as const

/** The events that a sink does not have yet, and the progress of their delivery. */
interface Feed {
  readonly feeding: Feeding
  readonly lanes: OrderedLanes<Task>
  readonly tasks: SinkTasks
  readonly health: SinkHealth
  readonly running: Set<Promise<void>>
}

/**
 * Delivers the linked events, each at least once. The events of one request go one after another, in the order of the
 * chain; different requests go beside each other. No event is skipped. If a sink does not take an event, it is tried
 * again until it does. Meanwhile only later events of the same request wait.
 */
export async function feedSink(feeding: Feeding, signal: AbortSignal): Promise<void> {
  const { sink, journal, look, clock, random, onMissing } = feeding
  const backoff: BackoffOptions = { ...sinkBackoff, clock, random }
  const lanes = createOrderedLanes<Task>(backoff)
  const tasks = createSinkTasks({ sink, journal, lanes, onMissing })
  const feed: Feed = { feeding, lanes, tasks, health: createSinkHealth(backoff), running: new Set() }
  const wakeAt = createWaker(look, clock, signal)
  try {
    while (!signal.aborted) {
      tasks.takeUp()
      start(feed, signal)
      const due = nextDue(feed)
      if (due !== undefined) wakeAt(due)
      await look.wait(Infinity, signal)
    }
  } finally {
    // A delivery that is still under way must not overtake the next leader.
    await Promise.all(feed.running)
  }
}

/** Begins as many tasks as the sink can take beside those that run. */
function start(feed: Feed, signal: AbortSignal): void {
  const { feeding, lanes, health, running } = feed
  while (running.size < health.atOnce() && feeding.clock.now() >= health.pausedUntil()) {
    const turn = lanes.take()
    if (!turn) return
    const one = run(feed, turn.lane, turn.item, signal).finally(() => {
      running.delete(one)
      feeding.look.wake()
    })
    running.add(one)
  }
}

async function run(
  { feeding, lanes, tasks, health }: Feed,
  lane: string,
  task: Task,
  signal: AbortSignal,
): Promise<void> {
  const { work, event } = task
  try {
    await carryOut(feeding, task, signal)
  } catch (error) {
    if (signal.aborted) return
    const retryInMs = lanes.failed(lane)
    if (event) health.failed()
    const pausedForMs = health.pausedUntil() - feeding.clock.now()
    feeding.onFailure(event ?? work.link.event, error, Math.round(Math.max(retryInMs, pausedForMs)))
    return
  }
  lanes.done(lane)
  // While the sink was away, deliveries failed only for that reason.
  if (event && health.worked()) lanes.forgive()
  tasks.done(task)
}

async function carryOut({ client, sink }: Feeding, { work, event }: Task, signal: AbortSignal): Promise<void> {
  if (event) {
    await sink.deliver(event, signal)
    return
  }
  const annotations = { [deliveredAnnotation(sink.name)]: 'true' }
  const where = { namespace: installation.namespace, name: work.link.name }
  try {
    await client.patch(accessRecordKind, where, { metadata: { annotations } }, signal)
  } catch (error) {
    // Someone removed the record, so nothing can be marked. `audit verify` will find that.
    if (!isNotFound(error)) throw error
  }
}

/**
 * Returns the time of the next look. Undefined if a delivery must end first: that wakes the loop, as a change of the
 * view does.
 */
function nextDue({ feeding, lanes, health, running }: Feed): Instant | undefined {
  if (running.size >= health.atOnce()) return undefined
  return health.pausedUntil() > feeding.clock.now() ? health.pausedUntil() : lanes.nextDue()
}
