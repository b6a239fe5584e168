import { setTimeout as sleep } from 'node:timers/promises'
import { accessRecordKind } from '../../api/kinds/access-record.ts'
import type { ControllerWork } from '../event/controller-event.ts'
import type { Sink } from './sink.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { steadyClock, type Clock } from '../../cluster/clock/clock.ts'
import { backlogOf, type Backlog } from './audit-backlog.ts'
import { followRecords } from './audit-records.ts'
import { feedSink, type Feeding } from './feed-sink.ts'
import { createJournal, type Journal } from './journal.ts'
import { dueLink, prune } from './link-events.ts'
import { changedRecord, createOnce, missingRecord } from './record-tampering.ts'
import { createWakeUp, type WakeUp } from '../../cluster/queue/wake-up.ts'

export interface AuditOptions {
  readonly client: Client
  readonly clock: Pick<Clock, 'now'>
  /** A clock that is never set, to measure how long a sink was away. Default: that of the process. */
  readonly steady?: Clock
  readonly source: string
  readonly sinks: readonly Sink[]
  readonly tell: (happening: ControllerWork) => void
  /** Gets a function that reads what each sink still has to get; gets undefined at the end. */
  readonly onBacklog: (read: (() => readonly Backlog[]) | undefined) => void
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void }
}

// Events that come together get one link, and an order.
const settleMs = 200
// When a gap, or a link, has waited long enough, no event tells: so look again after this time.
const lookAgainMs = 5_000

/** Chains the events that all replicas have kept and brings them to every sink, until the signal fires. */
export async function runAudit(options: AuditOptions, outer: AbortSignal): Promise<void> {
  const { client, sinks, log } = options
  const stop = new AbortController()
  const signal = AbortSignal.any([outer, stop.signal])
  const looks = new Map(sinks.map((sink) => [sink, createWakeUp()]))
  const [chaining, pruning] = [createWakeUp(), createWakeUp()]
  const isNew = createOnce()
  const { journal, records } = followJournal(options, [...looks.values(), chaining, pruning], isNew)
  const following = records.run(signal)
  const working: Promise<void>[] = []
  try {
    await Promise.race([records.synced, following])
    options.onBacklog(() => sinks.map((sink) => backlogOf(journal, sink)))
    const works = [
      ...[...looks].map(([sink, look]) => {
        const feeding = feedingOf(options, { sink, journal, look }, isNew)
        return () => feedSink(feeding, signal)
      }),
      () => chain(options, { journal, look: chaining }, signal),
      () => pruneOn(client, { journal, look: pruning }, signal),
    ]
    working.push(...works.map((work) => retrying(work, log, signal)))
    await Promise.race([following, ...working])
  } finally {
    options.onBacklog(undefined)
    stop.abort()
    await Promise.allSettled([following, ...working])
  }
}

/** Makes a journal that follows the records in the cluster. Each change wakes the loops. */
function followJournal(
  { client, log, tell }: AuditOptions,
  looks: readonly WakeUp[],
  isNew: (record: string) => boolean,
): { readonly journal: Journal; readonly records: ReturnType<typeof followRecords> } {
  const journal = createJournal((record, problem) => {
    if (!isNew(record)) return
    log.error({ record, problem }, 'an audit record is not as Sallyport writes it')
    tell(changedRecord(record, problem))
  })
  const records = followRecords(
    client,
    (before, after) => {
      journal.change(before, after)
      for (const one of looks) one.wake()
    },
    (event) => {
      if (event.event !== 'listed') log.warn({ ...event }, 'the view of audit records lost touch; it goes on')
    },
  )
  return { journal, records }
}

function feedingOf(
  { client, steady = steadyClock, log, tell }: AuditOptions,
  fed: Pick<Feeding, 'sink' | 'journal' | 'look'>,
  isNew: (position: string) => boolean,
): Feeding {
  const sink = fed.sink.name
  return {
    ...fed,
    client,
    clock: steady,
    random: Math.random,
    onFailure: (event, err, retryInMs) => {
      log.warn({ sink, id: event.id, err, retryInMs }, 'audit event not delivered; will try again')
    },
    onMissing: (position, link) => {
      log.error({ sink, position, link }, 'an audit record was removed before it was delivered')
      if (isNew(position)) tell(missingRecord(position, link))
    },
  }
}

interface Chaining {
  readonly journal: Journal
  readonly look: WakeUp
}

async function chain(options: AuditOptions, { journal, look }: Chaining, signal: AbortSignal): Promise<void> {
  const { client, clock, source, sinks } = options
  const names = sinks.map(({ name }) => name)
  while (!hasEnded(signal)) {
    const link = dueLink(journal, { source, sinks: names, now: clock.now() })
    if (!link) {
      await look.wait(lookAgainMs, signal)
      await sleep(settleMs)
      continue
    }
    try {
      await client.create(accessRecordKind, link, signal)
    } catch (error) {
      // Another leader wrote the link, or we did and the answer was lost: the view will have it.
      if (!(error instanceof KubeApiError && error.reason === 'AlreadyExists')) throw error
    }
    await seen({ journal, look }, link.metadata.name, signal)
    await clearTheWay(client, journal, link.metadata.name, signal)
  }
}

/**
 * Removes a record that has the name of the next link and is not one: it would stop the chain for good. It was reported
 * before.
 */
async function clearTheWay(client: Client, journal: Journal, name: string, signal: AbortSignal): Promise<void> {
  const impostor = journal.impostors.get(name)
  if (impostor) await client.remove(accessRecordKind, impostor.metadata, signal)
}

// A view is behind by milliseconds.
const seenWithinMs = 2_000

/**
 * Resolves once something is seen under the name of a link. The link may be gone before: that must not end the chain.
 */
async function seen({ journal, look }: Chaining, name: string, signal: AbortSignal): Promise<void> {
  const latest = steadyClock.now() + seenWithinMs
  for (let left = seenWithinMs; left > 0 && !hasEnded(signal); left = latest - steadyClock.now()) {
    if (journal.impostors.has(name) || journal.links.some((link) => link.name === name)) return
    await look.wait(left, signal)
  }
}

// Deletions cost the API server as much as the records did. So they wait until no new records come, but not for long.
const quietMs = 1_000
const patienceMs = 5_000

/**
 * Deletes what every sink has. It runs beside the chain: many deletions must not delay the links of new events. It
 * begins without a change: an earlier leader or a failed call may have left records, and perhaps nothing changes any
 * more.
 */
async function pruneOn(client: Client, { journal, look }: Chaining, signal: AbortSignal): Promise<void> {
  while (!hasEnded(signal)) {
    const begun = steadyClock.now()
    for (let seen; seen !== journal.version && steadyClock.now() - begun < patienceMs;) {
      seen = journal.version
      await steadyClock.sleepUntil(steadyClock.now() + quietMs, signal)
    }
    await prune(client, journal, signal)
    await look.wait(Infinity, signal)
  }
}

const pauseMs = 1_000

/** Repeats the work until the signal fires: the API server may fail at any write. */
async function retrying(work: () => Promise<void>, log: AuditOptions['log'], signal: AbortSignal): Promise<void> {
  while (!hasEnded(signal)) {
    try {
      await work()
    } catch (err) {
      if (hasEnded(signal)) return
      log.warn({ err }, 'audit events not chained or delivered; will try again')
      await sleep(pauseMs)
    }
  }
}

/** Asks in a function, because TypeScript assumes that a signal which a loop has checked once does not change. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted
}
