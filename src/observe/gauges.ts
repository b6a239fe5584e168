import type { Instant, Milliseconds } from '../api/duration.ts'
import type { GaugeName, LabelsOf } from './metric-table.ts'

interface CountedBacklog {
  readonly sink: string
  readonly events: number
  /** The time of the oldest event. Absent if there is none. */
  readonly oldest?: Instant | undefined
}

interface CountedFaults {
  faults(): Iterable<{ readonly code: string; readonly kind: string; readonly name: string }>
  /** Returns the holders of nodes/proxy. Undefined before the first look. */
  holders(): { readonly ofTheCluster: readonly unknown[]; readonly others: readonly unknown[] } | undefined
}

interface CountedConfig {
  readonly isFileRight: boolean
  readonly loadedAt: Instant
  readonly hash: string
  readonly waiting: readonly string[]
}

interface CountedWork {
  queues(): readonly { readonly queue: string; readonly depth: number; readonly oldestMs: Milliseconds }[]
  /** Returns the time since the last contact of each watch. */
  watches(): readonly { readonly resource: string; readonly silentMs: Milliseconds }[]
}

/** The end of a certificate. */
export interface CertificateExpiry {
  readonly certificate: 'leaf' | 'ca'
  readonly expiresAt: Instant
}

/** The values that are measured at the time when Prometheus asks. */
export interface Measured {
  /** The phases of requests, as the leader sees them. Undefined if this replica does not lead. */
  phases: (() => Iterable<string>) | undefined
  /** The findings of the self-check. Undefined if this replica does not lead. */
  selfCheck: CountedFaults | undefined
  /** The events that each sink still has to get. Undefined if this replica does not lead. */
  backlog: (() => readonly CountedBacklog[]) | undefined
  /** The audit events that the cluster keeps. */
  records: { kept(): number; waiting(): number } | undefined
  /** The audit events that wait in memory to be kept. */
  inMemory: (() => number) | undefined
  /** The bytes of reviews in memory. */
  bytesInFlight: (() => number) | undefined
  /** Returns whether the replica was ready when it was last asked. Undefined in the controller's thread. */
  isReady: (() => boolean) | undefined
  /** The config of the replica. Undefined in the controller's thread. */
  config: (() => CountedConfig) | undefined
  /** The queues and watches of the controller. Undefined if this replica does not lead. */
  work: CountedWork | undefined
  /** The ends of the certificates that this thread knows. */
  certificates: (() => readonly CertificateExpiry[]) | undefined
}

/** Returns the state in which nothing is measured yet. */
export function nothingMeasured(): Measured {
  return {
    phases: undefined,
    selfCheck: undefined,
    backlog: undefined,
    records: undefined,
    inMemory: undefined,
    bytesInFlight: undefined,
    isReady: undefined,
    config: undefined,
    work: undefined,
    certificates: undefined,
  }
}

interface GaugeReading<Name extends GaugeName> {
  readonly labels: LabelsOf<Name>
  readonly value: number
}

interface Measure<Name extends GaugeName> {
  /**
   * 'max' if each of the two threads sees everything: the larger number is shown. Left out: the sum of both is shown.
   */
  readonly aggregator?: 'max'
  /** Reads the gauge. A gauge without labels shows 0 if nothing is read. @param now in ms since 1970 */
  readonly read: (measured: Measured, now: Instant) => readonly GaugeReading<Name>[]
}

/** The gauges, each with the way to read it. */
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
  sallyport_certificate_expiry_timestamp_seconds: {
    aggregator: 'max',
    read: ({ certificates }) =>
      (certificates?.() ?? []).map(({ certificate, expiresAt }) => ({
        labels: { certificate },
        value: expiresAt / 1_000,
      })),
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
  sallyport_ready: {
    read: ({ isReady }) => plain(isReady && Number(isReady())),
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
  sallyport_config_last_reload_successful: {
    read: ({ config }) => plain(config && Number(config().isFileRight)),
  },
  sallyport_config_last_reload_success_timestamp_seconds: {
    read: ({ config }) => plain(config && config().loadedAt / 1_000),
  },
  sallyport_config_info: {
    read: ({ config }) => (config ? [{ labels: { hash: config().hash }, value: 1 }] : []),
  },
  sallyport_config_restart_needed: {
    read: ({ config }) => (config?.().waiting ?? []).map((field) => ({ labels: { field }, value: 1 })),
  },
  sallyport_queue_depth: {
    read: ({ work }) => (work?.queues() ?? []).map(({ queue, depth }) => ({ labels: { queue }, value: depth })),
  },
  sallyport_queue_oldest_seconds: {
    read: ({ work }) =>
      (work?.queues() ?? []).map(({ queue, oldestMs }) => ({ labels: { queue }, value: oldestMs / 1_000 })),
  },
  sallyport_watch_last_contact_seconds: {
    read: ({ work }) =>
      (work?.watches() ?? []).map(({ resource, silentMs }) => ({ labels: { resource }, value: silentMs / 1_000 })),
  },
}

/** Returns the reading of a gauge without labels. */
function plain(
  value: number | undefined,
): readonly { readonly labels: Readonly<Record<string, never>>; readonly value: number }[] {
  return value === undefined ? [] : [{ labels: {}, value }]
}
