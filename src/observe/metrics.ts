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

// From a node path that is decided without a read to the webhook's whole five seconds.
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/**
 * @param now in ms since 1970, as the age of events is reckoned
 * @param thread the gate's is the one that is asked, and Node's own metrics of the other have its name for a label
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

/** As prom-client wants it. */
function metricOf(
  name: MetricName,
  registry: Registry,
): { readonly name: string; readonly help: string; readonly labelNames: string[]; readonly registers: Registry[] } {
  const { help, labels } = metricTable[name]
  return { name, help, labelNames: [...labels], registers: [registry] }
}

/** Makes the gauges: each is read when somebody asks. */
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

/** As those who write validators know them (docs/validators.md). */
const validatorWords = { yes: 'valid', no: 'invalid', failed: 'failed' } as const

/** Whoever reaches the port may call anything a way in; a label's values must stay few. */
function wayOf(resource: string | undefined): string {
  return waysIn.find((way) => way === resource) ?? ''
}
