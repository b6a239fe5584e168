import type { Instant } from '../api/duration.ts'
import type { GaugeName, LabelsOf } from './metric-table.ts'

interface CountedBacklog {
  readonly sink: string
  readonly events: number
  /** Time of the oldest event; absent where there is none. */
  readonly oldest?: Instant | undefined
}

interface CountedFaults {
  faults(): Iterable<{ readonly code: string; readonly kind: string; readonly name: string }>
  /** Undefined before the first look. */
  holders(): { readonly ofTheCluster: readonly unknown[]; readonly others: readonly unknown[] } | undefined
}

/** What is measured when somebody asks. */
export interface Measured {
  /** Phases of requests, as the leader sees them; undefined where this replica does not lead. */
  phases: (() => Iterable<string>) | undefined
  /** What the self-check has found; undefined where this replica does not lead. */
  selfCheck: CountedFaults | undefined
  /** What each sink still has to get; undefined where this replica does not lead. */
  backlog: (() => readonly CountedBacklog[]) | undefined
  /** Audit events kept in the cluster. */
  records: { kept(): number; waiting(): number } | undefined
  /** Audit events that wait in memory to be kept. */
  inMemory: (() => number) | undefined
  /** Bytes of reviews. */
  bytesInFlight: (() => number) | undefined
}

/** Nothing is measured yet. */
export function nothingMeasured(): Measured {
  return {
    phases: undefined,
    selfCheck: undefined,
    backlog: undefined,
    records: undefined,
    inMemory: undefined,
    bytesInFlight: undefined,
  }
}

interface GaugeReading<Name extends GaugeName> {
  readonly labels: LabelsOf<Name>
  readonly value: number
}

interface Measure<Name extends GaugeName> {
  /** Where each thread sees all that there is, the larger number of the two is shown. Left out: their sum. */
  readonly aggregator?: 'max'
  /** Of a gauge without labels nothing read is 0. @param now in ms since 1970 */
  readonly read: (measured: Measured, now: Instant) => readonly GaugeReading<Name>[]
}

/** What each gauge shows. */
export const gauges: { readonly [Name in GaugeName]: Measure<Name> } = {
  sallyport_audit_queue_events: {
    read: ({ backlog }) => (backlog?.() ?? []).map(({ sink, events }) => ({ labels: { sink }, value: events })),
  },
  sallyport_audit_oldest_undelivered_seconds: {
    read: ({ backlog }, now) =>
      (backlog?.() ?? []).map(({ sink, oldest = now }) => ({
        labels: { sink },
        value: Math.max(0, now - oldest) / 1_000,
      })),
  },
  sallyport_audit_records: {
    aggregator: 'max',
    read: ({ records }) => plain(records?.kept()),
  },
  sallyport_audit_waiting_events: {
    aggregator: 'max',
    read: ({ records }) => plain(records?.waiting()),
  },
  sallyport_audit_unkept_events: {
    read: ({ inMemory }) => plain(inMemory?.()),
  },
  sallyport_review_bytes_in_flight: {
    read: ({ bytesInFlight }) => plain(bytesInFlight?.()),
  },
  sallyport_installation_faults: {
    read: ({ selfCheck }) =>
      [...(selfCheck?.faults() ?? [])].map(({ code, kind, name }) => ({ labels: { code, kind, name }, value: 1 })),
  },
  sallyport_nodes_proxy_holders: {
    read({ selfCheck }) {
      const holders = selfCheck?.holders()
      if (!holders) return []
      return [
        { labels: { sort: 'cluster' }, value: holders.ofTheCluster.length },
        { labels: { sort: 'others' }, value: holders.others.length },
      ]
    },
  },
  sallyport_leader: {
    read: ({ phases }) => plain(phases ? 1 : 0),
  },
  sallyport_requests: {
    read: ({ phases }) =>
      [...Map.groupBy(phases?.() ?? [], (phase) => phase)].map(([phase, those]) => ({
        labels: { phase },
        value: those.length,
      })),
  },
}

/** The reading of a gauge without labels. */
function plain(
  value: number | undefined,
): readonly { readonly labels: Readonly<Record<string, never>>; readonly value: number }[] {
  return value === undefined ? [] : [{ labels: {}, value }]
}
