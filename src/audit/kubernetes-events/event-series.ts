import type { Instant } from '../../api/duration.ts'
import { nameOf } from './event-object.ts'
import type { KubernetesEvent } from './kubernetes-event.ts'

// client-go's: after so long the same is a new series.
const seriesMs = 360_000
const maxSeries = 1_000

/** The same, told again and again: one Event that counts. */
export interface Series {
  /** As it was told first. */
  readonly event: KubernetesEvent
  /** Of the Event. */
  readonly name: string
  count: number
  last: KubernetesEvent
  lastAt: Instant
  /** Set while it waits to be written again. */
  timer: NodeJS.Timeout | undefined
}

/** The series that have been told lately. */
export interface SeriesTable {
  /** Counts the event in the series that it goes on; undefined where it begins one. */
  goOn(event: KubernetesEvent, now: Instant): Series | undefined
  begin(event: KubernetesEvent, now: Instant): Series
  /** Has the next of its kind begin a series. */
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

/** By what is the same in a series: all but when, and how often. */
function samenessOf({ regarding, related, type, reason, note }: KubernetesEvent): string {
  return JSON.stringify([regarding, related, type, reason, note])
}
