import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type MetricObjectWithValues,
  type MetricValue,
} from 'prom-client'
import { waysIn } from '../api/review/way-in.ts'
import type { Instant, Milliseconds } from '../api/duration.ts'
import { gauges, nothingMeasured, type Measured } from './gauges.ts'
import { metricTable, type GaugeName, type MetricName } from './metric-table.ts'

/** The numbers that one thread has counted, as it sends them to the other. */
export type MeasuredMetrics = readonly MetricObjectWithValues<MetricValue<string>>[]

/** The metrics of Sallyport for Prometheus. Only this file uses prom-client. */
export interface Metrics {
  /** Counts a decision as it is recorded: equal denials are merged. */
  onDecision(decision: CountedDecision): void
  /** Counts a call that was refused before its review was read. */
  onRefusal(reason: string): void
  onKubernetesEvent(outcome: string): void
  onDelivery(sink: string, outcome: 'delivered' | 'failed'): void
  onTampering(code: string): void
  onValidatorAnswer(answer: CountedAnswer): void
  onQueued(queue: string): void
  onRetried(queue: string): void
  /**
   * The values that are measured when Prometheus asks. A new value, or `undefined`, leaves nothing of the old one
   * behind.
   */
  readonly measured: Measured
  /**
   * Returns the numbers of this thread for the thread that Prometheus asks, without those that are the same for the
   * whole process.
   */
  measure(): Promise<MeasuredMetrics>
  /**
   * Returns the metrics in the text format of Prometheus, and its media type.
   * @param others the numbers of the other thread
   */
  render(others?: MeasuredMetrics): Promise<{ readonly contentType: string; readonly text: string }>
}

/** The fields of a decision that the metrics use. */
interface CountedDecision {
  readonly webhook: string
  readonly verdict: 'allow' | 'deny'
  readonly code: string
  /** The way in, as the caller names it. */
  readonly resource?: string | undefined
  /** The number of equal denials within a moment. Default: 1. */
  readonly attempts?: number
  readonly durationMs: Milliseconds
}

interface CountedAnswer {
  readonly validator: string
  readonly outcome: keyof typeof validatorWords
  readonly ms: Milliseconds
}

// The buckets reach from a node path, which is decided without a read, to the whole five seconds of the webhook.
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/**
 * @param now the time in ms since 1970, from which the age of events is counted.
 * @param thread the thread of this process. Prometheus asks the gate's. Node's own metrics of the other have its name
 * as a label.
 */
export function createMetrics(now: () => Instant, thread: 'gate' | 'controller'): Metrics {
  const registry = new Registry()
  const measured = nothingMeasured()
  collectDefaultMetrics({ register: registry, ...(thread === 'controller' && { labels: { thread } }) })
  const counter = (name: MetricName): Counter => new Counter(metricOf(name, registry))
  const histogram = (name: MetricName): Histogram => new Histogram({ ...metricOf(name, registry), buckets })
  const decisions = counter('sallyport_decisions_total')
  const durations = histogram('sallyport_decision_duration_seconds')
  const merged = counter('sallyport_denials_merged_total')
  const refused = counter('sallyport_calls_refused_total')
  const deliveries = counter('sallyport_audit_deliveries_total')
  const events = counter('sallyport_kubernetes_events_total')
  const tampering = counter('sallyport_tampering_total')
  const validatorAnswers = counter('sallyport_validator_answers_total')
  const validatorDurations = histogram('sallyport_validator_duration_seconds')
  const queued = counter('sallyport_queue_adds_total')
  const retried = counter('sallyport_queue_retries_total')
  registerGauges(registry, measured, now)

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
    onQueued(queue) {
      queued.inc({ queue })
    },
    onRetried(queue) {
      retried.inc({ queue })
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

/** Adds the counts of a thread that has ended to those before. Gauges say what is now, so they end with the thread. */
export function addCounts(before: MeasuredMetrics, ended: MeasuredMetrics): Promise<MeasuredMetrics> {
  const counts = ended.filter(({ type }) => String(type) !== 'gauge')
  return AggregatorRegistry.aggregate([[...before], counts]).getMetricsAsJSON()
}

/** Returns a metric in the form that prom-client wants. */
function metricOf(
  name: MetricName,
  registry: Registry,
): { readonly name: string; readonly help: string; readonly labelNames: string[]; readonly registers: Registry[] } {
  const { help, labels } = metricTable[name]
  return { name, help, labelNames: [...labels], registers: [registry] }
}

/** Makes the gauges. Each is read when Prometheus asks. */
function registerGauges(registry: Registry, measured: Measured, now: () => Instant): void {
  for (const name of Object.keys(gauges) as GaugeName[]) {
    const { aggregator = 'sum', read } = gauges[name]
    new Gauge({
      ...metricOf(name, registry),
      aggregator,
      collect() {
        this.reset()
        for (const { labels, value } of read(measured, now())) this.set(labels, value)
      },
    })
  }
}

/** The outcomes by the names that authors of validators know (docs/validators.md). */
const validatorWords = { yes: 'valid', no: 'invalid', failed: 'failed' } as const

/**
 * Returns the label for a way in. A caller that reaches the port may send any text as one, and a label must have few
 * values.
 */
function wayOf(resource: string | undefined): string {
  return waysIn.find((way) => way === resource) ?? ''
}
