import { hostname } from 'node:os'
import type { AuditEvent } from '../../api/audit-event.ts'
import { accessRequestKind } from '../../api/kinds/access-request.ts'
import { isAlreadyExists, isNotFound } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Resource } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { steadyClock } from '../../cluster/clock/clock.ts'
import { createEventBudget } from './event-budget.ts'
import { clusterWide, eventObject, namespaceOf, seriesChange } from './event-object.ts'
import { createSeriesTable, type Series, type SeriesTable } from './event-series.ts'
import { kubernetesEvents, type KubernetesEvent, type ObjectRef } from './kubernetes-event.ts'
import { createWaitingCalls } from './waiting-calls.ts'

/** Tells `kubectl describe` what happens. It does its best: an Event that cannot be written is counted, and lost. */
export interface EventPublisher {
  /** Returns at once. */
  publish(event: AuditEvent): void
  /** True if another Event of the namespace would be lost, so that it need not be made. The call counts it as lost. */
  refuses(namespace: string | undefined): boolean
  close(withinMs: number): Promise<void>
}

export interface EventPublisherOptions {
  readonly client: Pick<Client, 'create' | 'patch' | 'get'>
  /** Gets the result of each Event. */
  readonly onOutcome: (outcome: EventOutcome, error?: unknown) => void
}

export type EventOutcome = 'written' | 'failed' | 'crowded' | 'over_budget'

// They take some megabytes while the API server is slow.
const maxWaiting = 1_000
const atOnce = 4
const callMs = 5_000
// A series is written at most once in this time.
const seriesPauseMs = 2_000

/** The things that a call needs. */
interface Publishing extends EventPublisherOptions {
  readonly series: SeriesTable
  /** Returns the signal that limits one call from now on. */
  readonly within: () => AbortSignal
}

export function createEventPublisher({ client, onOutcome }: EventPublisherOptions): EventPublisher {
  const series = createSeriesTable()
  const stop = new AbortController()
  const budget = createEventBudget(() => steadyClock.now())
  const calls = createWaitingCalls({
    atOnce,
    maxWaiting,
    onCrowded: () => {
      onOutcome('crowded')
    },
    onFailure: (error) => {
      onOutcome('failed', error)
    },
  })
  const within = (): AbortSignal => AbortSignal.any([stop.signal, AbortSignal.timeout(callMs)])
  const publishing = { client, onOutcome, series, within }

  function publishOne(event: KubernetesEvent): void {
    const now = steadyClock.now()
    const before = series.goOn(event, now)
    if (before) {
      before.timer ??= setTimeout(() => {
        before.timer = undefined
        calls.add(() => goOn(before, publishing))
      }, seriesPauseMs).unref()
      return
    }
    if (!budget.take(namespaceOf(event.regarding))) {
      onOutcome('over_budget')
      return
    }
    const one = series.begin(event, now)
    calls.add(() => create(one, publishing))
  }

  return {
    publish(event) {
      kubernetesEvents(event).forEach(publishOne)
    },
    refuses(namespace = clusterWide) {
      const isRefused = budget.isSpent(namespace)
      if (isRefused) onOutcome('over_budget')
      return isRefused
    },
    async close(withinMs) {
      const timer = setTimeout(() => {
        calls.drop()
        stop.abort()
      }, withinMs)
      await calls.idle()
      clearTimeout(timer)
      series.stopTimers()
    },
  }
}

const reportingInstance = hostname().slice(0, 128)

/** Writes the first Event of a series. */
async function create({ event, name }: Series, { client, onOutcome, within }: Publishing): Promise<void> {
  const regarding = await identified(event.regarding, client, within)
  if (!regarding) return
  try {
    await client.create(resources.Event, eventObject({ ...event, regarding }, name, reportingInstance), within())
  } catch (error) {
    // The Event exists: the former leader told the same.
    if (!isAlreadyExists(error)) throw error
  }
  onOutcome('written')
}

/** Updates the count in the Event of a series. */
async function goOn(one: Series, { client, onOutcome, series, within }: Publishing): Promise<void> {
  const { event, name, last, count } = one
  const where = { namespace: namespaceOf(event.regarding), name }
  try {
    await client.patch(resources.Event, where, seriesChange(last, count), within())
    onOutcome('written')
  } catch (error) {
    // An Event lives for an hour, and its object may never have existed.
    series.forget(event)
    if (!isNotFound(error)) throw error
  }
}

/** Adds the uid to the reference. Resolves to undefined if the object does not exist. */
async function identified(
  ref: ObjectRef,
  client: Pick<Client, 'get'>,
  within: () => AbortSignal,
): Promise<ObjectRef | undefined> {
  const resource = lookedUp[ref.kind]
  if (ref.uid !== undefined || !resource) return ref
  const uid = (await client.get(resource, ref, within()))?.metadata.uid
  return uid === undefined ? undefined : { ...ref, uid }
}

/** Kinds that exist, but whose uid is not in every audit event. */
const lookedUp: Readonly<Record<string, Resource>> = { Pod: resources.Pod, AccessRequest: accessRequestKind }
