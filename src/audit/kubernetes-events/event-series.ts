import type { Instant } from '../../api/duration.ts'
import { nameOf } from './event-object.ts'
import type { KubernetesEvent } from './kubernetes-event.ts'

// The value of client-go: after this time the same event begins a new series.
const seriesMs = 360_000
const maxSeries = 1_000

/** An event that is told again and again: one Event that counts. */
export interface Series {
  /** The event as it was told first. */
  readonly event: KubernetesEvent
  /** The name of the Event. */
  readonly name: string
  count: number
  last: KubernetesEvent
  lastAt: Instant
  /** Set while the series waits to be written again. */
  timer: NodeJS.Timeout | undefined
}

/** The series that were told lately. */
export interface SeriesTable {
  /** Counts the event in the series that it continues. Returns undefined if there is none. */
  goOn(event: KubernetesEvent, now: Instant): Series | undefined
  begin(event: KubernetesEvent, now: Instant): Series
  /** Makes the next event of this kind begin a series. */
  forget(event: KubernetesEvent): void
  stopTimers(): void
}

export function createSeriesTable(): SeriesTable {
  const series = new Map<string, Series>()
  return {
    goOn(event, now) {
      const before = series.get(samenessOf(event))
      if (!before || now - before.lastAt >= seriesMs) return undefined
      return Object.assign(before, { count: before.count + event.count, last: event, lastAt: now })
    },
    begin(event, now) {
      const key = samenessOf(event)
      const one = { event, name: nameOf(event), count: event.count, last: event, lastAt: now, timer: undefined }
      series.delete(key)
      series.set(key, one)
      const [oldest] = series.keys()
      if (series.size > maxSeries && oldest !== undefined) series.delete(oldest)
      return one
    },
    forget(event) {
      series.delete(samenessOf(event))
    },
    stopTimers() {
      for (const { timer } of series.values()) clearTimeout(timer)
    },
  }
}

/** Returns what is the same in a series: all except its times and its count. */
function samenessOf({ regarding, related, type, reason, note }: KubernetesEvent): string {
  return JSON.stringify([regarding, related, type, reason, note])
}
