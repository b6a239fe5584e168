import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { AuditEvent } from '../../api/audit-event.ts'
import { accessRequestKind } from '../../api/kinds/access-request.ts'
import { kubernetesEvents, type KubernetesEvent, type ObjectRef } from './kubernetes-event.ts'
import { isAlreadyExists, isNotFound } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { steadyClock } from '../../cluster/clock/clock.ts'
import type { Resource } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { createEventBudget } from './event-budget.ts'

/** Tells `kubectl describe` what happens. Best effort: what cannot be written is counted, and lost. */
export interface EventPublisher {
  /** Returns at once. */
  publish(event: AuditEvent): void
  /** Whether another of the namespace would be lost: then it need not be made. It counts as lost. */
  refuses(namespace: string | undefined): boolean
  close(withinMs: number): Promise<void>
}

export interface EventPublisherOptions {
  readonly client: Pick<Client, 'create' | 'patch' | 'get'>
  /** What became of one. */
  readonly onOutcome: (outcome: EventOutcome, error?: unknown) => void
}

export type EventOutcome = 'written' | 'failed' | 'crowded' | 'over_budget'

/** On the Event: the id of the audit event; and of the last one of a series. */
const idAnnotation = 'access.sallyport.dev/event-id'
const lastIdAnnotation = 'access.sallyport.dev/last-event-id'

// Some megabytes, while the API server is slow.
const maxWaiting = 1_000
const atOnce = 4
const callMs = 5_000
// client-go's: after so long the same is a new series.
const seriesMs = 360_000
const maxSeries = 1_000
// A series is written at most so often.
const seriesPauseMs = 2_000

interface Series {
  readonly event: KubernetesEvent
  readonly name: string
  count: number
  last: KubernetesEvent
  lastAt: number
  timer: NodeJS.Timeout | undefined
}

export function createEventPublisher({ client, onOutcome }: EventPublisherOptions): EventPublisher {
  const waiting: (() => Promise<void>)[] = []
  const series = new Map<string, Series>()
  const stop = new AbortController()
  const budget = createEventBudget(() => steadyClock.now())
  const workers = new Set<Promise<void>>()
  const reportingInstance = hostname().slice(0, 128)

  function enqueue(work: () => Promise<void>): void {
    if (waiting.length >= maxWaiting) {
      onOutcome('crowded')
      return
    }
    waiting.push(work)
    if (workers.size >= atOnce) return
    const worker: Promise<void> = drain().finally(() => workers.delete(worker))
    workers.add(worker)
  }

  async function drain(): Promise<void> {
    for (let work = waiting.shift(); work; work = waiting.shift()) {
      try {
        await work()
      } catch (error) {
        onOutcome('failed', error)
      }
    }
  }

  const within = (): AbortSignal => AbortSignal.any([stop.signal, AbortSignal.timeout(callMs)])

  /** As described, with its uid; undefined where it is not there. */
  async function identified(ref: ObjectRef): Promise<ObjectRef | undefined> {
    const resource = lookedUp[ref.kind]
    if (ref.uid !== undefined || !resource) return ref
    const uid = (await client.get(resource, ref, within()))?.metadata.uid
    return uid === undefined ? undefined : { ...ref, uid }
  }

  async function create(one: Series): Promise<void> {
    const { event, name } = one
    const regarding = await identified(event.regarding)
    if (!regarding) return
    try {
      await client.create(resources.Event, eventObject({ ...event, regarding }, name, reportingInstance), within())
    } catch (error) {
      // The same, told by who led before.
      if (!isAlreadyExists(error)) throw error
    }
    onOutcome('written')
  }

  async function goOn(key: string, { event, name, last, count }: Series): Promise<void> {
    const change = {
      metadata: { annotations: { [lastIdAnnotation]: last.id } },
      series: { count, lastObservedTime: last.time },
    }
    try {
      await client.patch(resources.Event, { namespace: namespaceOf(event.regarding), name }, change, within())
      onOutcome('written')
    } catch (error) {
      // An Event lives for an hour; its object may never have been there.
      series.delete(key)
      if (!isNotFound(error)) throw error
    }
  }

  function publishOne(event: KubernetesEvent): void {
    const key = samenessOf(event)
    const now = steadyClock.now()
    const before = series.get(key)
    if (before && now - before.lastAt < seriesMs) {
      Object.assign(before, { count: before.count + event.count, last: event, lastAt: now })
      before.timer ??= setTimeout(() => {
        before.timer = undefined
        enqueue(() => goOn(key, before))
      }, seriesPauseMs).unref()
      return
    }
    if (!budget.take(namespaceOf(event.regarding))) {
      onOutcome('over_budget')
      return
    }
    const one = { event, name: nameOf(event), count: event.count, last: event, lastAt: now, timer: undefined }
    series.delete(key)
    series.set(key, one)
    const [oldest] = series.keys()
    if (series.size > maxSeries && oldest !== undefined) series.delete(oldest)
    enqueue(() => create(one))
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
        waiting.length = 0
        stop.abort()
      }, withinMs)
      await Promise.all(workers)
      clearTimeout(timer)
      for (const one of series.values()) clearTimeout(one.timer)
    },
  }
}

/** What is there, but not with its uid in every audit event. */
const lookedUp: Readonly<Record<string, Resource>> = { Pod: resources.Pod, AccessRequest: accessRequestKind }

// Where Events on what is cluster-wide belong.
const clusterWide = 'default'

function namespaceOf({ namespace }: ObjectRef): string {
  return namespace ?? clusterWide
}

/** By what is the same in a series: all but when, and how often. */
function samenessOf({ regarding, related, type, reason, note }: KubernetesEvent): string {
  return JSON.stringify([regarding, related, type, reason, note])
}

/** The same for the same audit event and object, whoever tells it: then it is there once. */
function nameOf({ id, regarding }: KubernetesEvent): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([id, regarding]))
    .digest('hex')
    .slice(0, 16)
  const plain = regarding.name.toLowerCase().replace(/[^a-z0-9-]+/g, '-')
  return `${plain.slice(0, 200).replace(/^-+|-+$/g, '') || 'sallyport'}.${hash}`
}

function eventObject(event: KubernetesEvent, name: string, reportingInstance: string): KubernetesEventObject {
  const { regarding, related, type, reason, action, note, controller, id, time, count } = event
  return {
    apiVersion: resources.Event.apiVersion,
    kind: resources.Event.kind,
    metadata: { name, namespace: namespaceOf(regarding), annotations: { [idAnnotation]: id } },
    eventTime: time,
    reportingController: controller,
    reportingInstance,
    type,
    reason,
    action,
    note,
    regarding,
    ...(related && { related }),
    ...(count > 1 && { series: { count, lastObservedTime: time } }),
  }
}

interface KubernetesEventObject extends Pick<
  KubernetesEvent,
  'regarding' | 'related' | 'type' | 'reason' | 'action' | 'note'
> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly annotations: Readonly<Record<string, string>>
  }
  readonly eventTime: string
  readonly reportingController: string
  readonly reportingInstance: string
  readonly series?: { readonly count: number; readonly lastObservedTime: string }
}
