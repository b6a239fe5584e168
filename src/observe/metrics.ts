import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
} from 'prom-client'
import { waysIn } from '../api/review/way-in.ts'
import type { Instant, Milliseconds } from '../api/duration.ts'

/** What one thread has counted, as it goes to another. */
export type MeasuredMetrics = readonly MetricObjectWithValues<MetricValue<string>>[]

/** What Sallyport counts of itself, for Prometheus. The one door to prom-client. */
export interface Metrics {
  /** A decision as it is recorded: denials merged. */
  onDecision(decision: CountedDecision): void
  /** A call that was refused before there was a review in it. */
  onRefusal(reason: string): void
  onKubernetesEvent(outcome: string): void
  onDelivery(sink: string, outcome: 'delivered' | 'failed'): void
  onTampering(code: string): void
  onValidatorAnswer(answer: CountedAnswer): void
  /** What is measured when somebody asks; what replaces it, or its end by `undefined`, leaves nothing behind. */
  readonly measured: Measured
  /** What this thread has counted, for the one that is asked by Prometheus; without what is the same for the whole process. */
  measure(): Promise<MeasuredMetrics>
  /**
   * The text format of Prometheus, and its media type.
   * @param others what the other thread has counted
   */
  render(others?: MeasuredMetrics): Promise<{ readonly contentType: string; readonly text: string }>
}

/** Of a decision, as many labels as are counted by. */
interface CountedDecision {
  readonly webhook: string
  readonly verdict: 'allow' | 'deny'
  readonly code: string
  /** The way in, as the caller names it. */
  readonly resource?: string | undefined
  /** How often the same was denied within a moment; default 1. */
  readonly attempts?: number
  readonly durationMs: Milliseconds
}

interface CountedAnswer {
  readonly validator: string
  readonly outcome: keyof typeof validatorWords
  readonly ms: Milliseconds
}

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

interface Measured {
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

/** Name, help and labels of each metric: docs/metrics.md is made of it. A name never changes its meaning. */
export const metricTable = {
  sallyport_decisions_total: {
    type: 'counter',
    help: 'Answers of the webhooks. Of denials that were the same within a second, each counts.',
    labels: ['webhook', 'verdict', 'code', 'way'],
  },
  sallyport_decision_duration_seconds: {
    type: 'histogram',
    help: 'How long they took, from the body to the answer. Of merged denials, the first counts.',
    labels: ['webhook', 'verdict'],
  },
  sallyport_denials_merged_total: {
    type: 'counter',
    help: 'Denials that were told with another that was the same.',
    labels: [],
  },
  sallyport_calls_refused_total: {
    type: 'counter',
    help:
      'Calls of the webhooks that were refused before there was a review: unproven (nothing shows that it is the API server), ' +
      'unchecked (the proof could not be looked up), crowded (too many bytes in memory), lifecycle (the replica starts or ends), malformed, failed.',
    labels: ['reason'],
  },
  sallyport_review_bytes_in_flight: {
    type: 'gauge',
    help: 'Bytes of reviews in memory, with 16 KiB for each call; webhooks.bytesInFlight is the most.',
    labels: [],
  },
  sallyport_audit_deliveries_total: {
    type: 'counter',
    help: 'Attempts to deliver an audit event, by sink and outcome: delivered, failed.',
    labels: ['sink', 'outcome'],
  },
  sallyport_audit_queue_events: {
    type: 'gauge',
    help: 'Audit events that a sink does not have yet, or not all of whose link it has. Of the leader alone.',
    labels: ['sink'],
  },
  sallyport_audit_oldest_undelivered_seconds: {
    type: 'gauge',
    help: 'Age of the oldest of them; 0 where there is none. Of the leader alone.',
    labels: ['sink'],
  },
  sallyport_audit_records: {
    type: 'gauge',
    help: 'Audit events that are kept in the cluster. What every sink has is deleted soon.',
    labels: [],
  },
  sallyport_audit_waiting_events: {
    type: 'gauge',
    help: 'Those of them that some sink does not have yet, as this replica sees them. From audit.maxWaiting on nobody is let in.',
    labels: [],
  },
  sallyport_audit_unkept_events: {
    type: 'gauge',
    help: 'Audit events of what has happened that wait in memory to be kept.',
    labels: [],
  },
  sallyport_kubernetes_events_total: {
    type: 'counter',
    help: 'Kubernetes Events by outcome: written, failed, crowded (too many waited), over_budget (too many of one namespace).',
    labels: ['outcome'],
  },
  sallyport_tampering_total: {
    type: 'counter',
    help: 'What was found changed or removed that is Sallyport’s, by code.',
    labels: ['code'],
  },
  sallyport_installation_faults: {
    type: 'gauge',
    help:
      'Objects of the installation that are not as they should be, 1 for each, by the code of docs/errors.md. E_NOT_RESTORED stays for an hour ' +
      'after the last time that somebody undid a restoration. Of the leader alone.',
    labels: ['code', 'kind', 'name'],
  },
  sallyport_nodes_proxy_holders: {
    type: 'gauge',
    help:
      'Users, groups and service accounts that hold nodes/proxy, and so run commands in pods past the gate: cluster (those that Kubernetes itself made so), ' +
      'others. Of the leader alone.',
    labels: ['sort'],
  },
  sallyport_validator_answers_total: {
    type: 'counter',
    help: 'Questions to the validators of the config by outcome: valid, invalid, failed (no answer that can be used).',
    labels: ['validator', 'outcome'],
  },
  sallyport_validator_duration_seconds: {
    type: 'histogram',
    help: 'How long a validator took to answer, or until that was given up.',
    labels: ['validator'],
  },
  sallyport_leader: { type: 'gauge', help: '1 where this replica leads, else 0.', labels: [] },
  sallyport_requests: {
    type: 'gauge',
    help: 'AccessRequests by phase. Of the leader alone.',
    labels: ['phase'],
  },
} as const satisfies Record<
  string,
  { type: 'counter' | 'gauge' | 'histogram'; help: string; labels: readonly string[] }
>

type MetricName = keyof typeof metricTable

// From a node path that is decided without a read to the webhook's whole five seconds.
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/**
 * @param now in ms since 1970, as the age of events is reckoned
 * @param thread the gate's is the one that is asked, and Node's own metrics of the other have its name for a label
 */
export function createMetrics(now: () => number, thread: 'gate' | 'controller'): Metrics {
  const registry = new Registry()
  const measured: Measured = {
    phases: undefined,
    selfCheck: undefined,
    backlog: undefined,
    records: undefined,
    inMemory: undefined,
    bytesInFlight: undefined,
  }
  collectDefaultMetrics({ register: registry, ...(thread === 'controller' && { labels: { thread } }) })
  const of = (name: MetricName): { name: string; help: string; labelNames: string[]; registers: Registry[] } => {
    const { help, labels } = metricTable[name]
    return { name, help, labelNames: [...labels], registers: [registry] }
  }
  const counter = (name: MetricName): Counter => new Counter(of(name))
  /** Measured when it is asked for. Where each thread sees all that there is, the larger number of the two is shown, and not their sum. */
  const gauge = (name: MetricName, measure: (gauge: Gauge) => void, aggregator: 'sum' | 'max' = 'sum'): Metric =>
    new Gauge({
      ...of(name),
      aggregator,
      collect() {
        this.reset()
        measure(this)
      },
    })

  const decisions = counter('sallyport_decisions_total')
  const durations = new Histogram({ ...of('sallyport_decision_duration_seconds'), buckets })
  const merged = counter('sallyport_denials_merged_total')
  const refused = counter('sallyport_calls_refused_total')
  const deliveries = counter('sallyport_audit_deliveries_total')
  const events = counter('sallyport_kubernetes_events_total')
  const tampering = counter('sallyport_tampering_total')
  const validatorAnswers = counter('sallyport_validator_answers_total')
  const validatorDurations = new Histogram({ ...of('sallyport_validator_duration_seconds'), buckets })
  gauge('sallyport_audit_queue_events', (each) => {
    for (const { sink, events: waiting } of measured.backlog?.() ?? []) each.set({ sink }, waiting)
  })
  gauge('sallyport_audit_oldest_undelivered_seconds', (each) => {
    for (const { sink, oldest = now() } of measured.backlog?.() ?? []) {
      each.set({ sink }, Math.max(0, now() - oldest) / 1_000)
    }
  })
  gauge(
    'sallyport_audit_records',
    (one) => {
      if (measured.records) one.set(measured.records.kept())
    },
    'max',
  )
  gauge(
    'sallyport_audit_waiting_events',
    (one) => {
      if (measured.records) one.set(measured.records.waiting())
    },
    'max',
  )
  gauge('sallyport_audit_unkept_events', (one) => {
    if (measured.inMemory) one.set(measured.inMemory())
  })
  gauge('sallyport_review_bytes_in_flight', (one) => {
    if (measured.bytesInFlight) one.set(measured.bytesInFlight())
  })
  gauge('sallyport_installation_faults', (each) => {
    for (const { code, kind, name } of measured.selfCheck?.faults() ?? []) each.set({ code, kind, name }, 1)
  })
  gauge('sallyport_nodes_proxy_holders', (each) => {
    const holders = measured.selfCheck?.holders()
    if (!holders) return
    each.set({ sort: 'cluster' }, holders.ofTheCluster.length)
    each.set({ sort: 'others' }, holders.others.length)
  })
  gauge('sallyport_leader', (one) => {
    one.set(measured.phases ? 1 : 0)
  })
  gauge('sallyport_requests', (each) => {
    for (const phase of measured.phases?.() ?? []) each.inc({ phase })
  })

  return {
    onDecision({ webhook, verdict, code, resource, attempts = 1, durationMs }) {
      decisions.inc({ webhook, verdict, code, way: wayOf(resource) }, attempts)
      durations.observe({ webhook, verdict }, durationMs / 1_000)
      if (attempts > 1) merged.inc(attempts - 1)
    },
    onRefusal(reason) {
      refused.inc({ reason })
    },
    onKubernetesEvent(outcome) {
      events.inc({ outcome })
    },
    onDelivery(sink, outcome) {
      deliveries.inc({ sink, outcome })
    },
    onTampering(code) {
      tampering.inc({ code })
    },
    onValidatorAnswer({ validator, outcome, ms }) {
      validatorAnswers.inc({ validator, outcome: validatorWords[outcome] })
      validatorDurations.observe({ validator }, ms / 1_000)
    },
    measured,
    async measure() {
      const all = await registry.getMetricsAsJSON()
      return all.filter(({ name }) => !name.startsWith('process_'))
    },
    async render(others = []) {
      const all = AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), [...others]])
      return { contentType: registry.contentType, text: await all.metrics() }
    },
  }
}

/** As those who write validators know them (docs/validators.md). */
const validatorWords = { yes: 'valid', no: 'invalid', failed: 'failed' } as const

/** Whoever reaches the port may call anything a way in; a label's values must stay few. */
function wayOf(resource: string | undefined): string {
  return waysIn.find((way) => way === resource) ?? ''
}
