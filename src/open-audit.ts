import { randomUUID } from 'node:crypto'
import { auditedWebhook } from '../webhooks/audited.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import type { AuditConfig } from './api/audit-config.ts'
import type { AuditEvent } from './api/audit-event.ts'
import { accessRecordKind } from './api/kinds/access-record.ts'
import { eventOfDecision, type AuditOrigin } from './audit/audit-event.ts'
import { decisionEvent, type Decided, type DecisionEvent } from './audit/decision-event.ts'
import { eventOfHappening, type Happening } from './audit/happening.ts'
import type { Log } from './audit/log.ts'
import { occasionally } from './audit/occasionally.ts'
import { createRecordWriter } from './audit/record-writer.ts'
import { createRecorder, type Recorder } from './audit/recorder.ts'
import { createRedactor } from './audit/redact.ts'
import { createRepeatMerger } from './audit/repeat-merger.ts'
import { createSink, type Sink } from './audit/sink.ts'
import type { Client } from './cluster/client.ts'
import type { ReflectorLog } from './cluster/reflector-event.ts'
import type { WaryClock } from './cluster/wary-clock.ts'
import { countRecords } from './controller/audit-records.ts'
import type { ControllerOptions } from './controller/controller.ts'
import { createEventPublisher, type EventPublisher } from './controller/kubernetes-events.ts'
import type { IdentityPolicy } from './decision/identity.ts'
import type { Metrics } from './metrics.ts'

/** The audit as one thread of a replica has it. */
export interface Audit {
  /** The webhook, so that what it lets in is kept first. */
  audited(webhook: Webhook): Webhook
  decisionEvent(decided: Decided): DecisionEvent
  /** What was answered; what is not kept yet is, as soon as it can be. */
  onDecision(event: DecisionEvent): void
  /** What the controller has done or found. */
  readonly tell: (happening: Happening) => void
  readonly forController: ControllerOptions['audit']
  close(): Promise<void>
}

interface Parts {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now'>
  readonly log: Log
  readonly metrics: Metrics
  readonly identity: IdentityPolicy
  readonly signal: AbortSignal
}

// What a replica that ends still has in memory.
const closeWithinMs = 5_000
const eventsCloseWithinMs = 1_000

/**
 * The audit of one thread of a replica; gate and controller have one each. Without a sink nothing is kept: the log and the Kubernetes
 * Events are all there is, and nothing waits for anything.
 */
export function openAudit(config: AuditConfig, parts: Parts): Audit {
  const { clock, log, metrics, identity } = parts
  const redactor = createRedactor(config.redact)
  const decided = (one: Decided): DecisionEvent => decisionEvent(one, { redactor, identity })
  const origin = (): AuditOrigin => ({ source: config.source, now: clock.now() })
  const kept = config.sinks.length > 0 ? keepEvents(config, parts) : undefined
  const published = config.kubernetesEvents === 'On' ? publishEvents(parts) : undefined

  function tellEvent(event: AuditEvent): void {
    kept?.recorder.recordLater(event)
    published?.publish(event)
  }

  function tellHappening(happening: Happening): void {
    const event = eventOfHappening(happening, origin())
    if (!event) return
    tellEvent(event)
    if (happening.what === 'tampering') metrics.onTampering(happening.finding.code)
    // Of a phase the controller has a line of its own.
    if (happening.what === 'phase') return
    const { id, type, subject, data } = event
    const isBad = happening.what === 'tampering' || happening.verb === 'repaired'
    log[isBad ? 'warn' : 'info']({ id, type, subject, ...data }, 'audit event')
  }

  // Whoever changes what is restored, again and again, makes one event a second.
  const repeats = createRepeatMerger<Exclude<Happening, { what: 'phase' }>>({
    sameness: samenessOf,
    tell: (first, { count }) => {
      tellHappening({ ...first, count })
    },
  })

  return {
    audited: (webhook) =>
      kept ? auditedWebhook(webhook, kept.recorder, (one) => eventOfDecision(decided(one), origin())) : webhook,
    decisionEvent(one) {
      const event = decided(one)
      if (!kept?.recorder.wasTried(one.id)) return event
      const isGiven = one.decision.verdict === 'allow' && !one.decision.would
      return isGiven ? { ...event, isKept: true } : { ...event, reverses: one.id }
    },
    onDecision(event) {
      const at = origin()
      const told = kept && !event.isKept ? eventOfDecision(event, at) : undefined
      if (told) kept?.recorder.recordLater(told)
      // After the answer, which nobody is to wait longer for.
      if (published) setImmediate(publishDecision, published, event, at)
    },
    tell(happening) {
      const isRepeated =
        happening.what === 'tampering' || (happening.what === 'objects' && happening.verb === 'repaired')
      if (isRepeated) repeats.record(happening)
      else tellHappening(happening)
    },
    forController: kept && {
      source: config.source,
      sinks: kept.sinks,
      onBacklog: (read) => {
        metrics.measured.backlog = read
      },
    },
    async close() {
      repeats.flush()
      await Promise.all([kept?.close(), published?.close(eventsCloseWithinMs)])
    },
  }
}

function publishDecision(published: EventPublisher, event: DecisionEvent, origin: AuditOrigin): void {
  if (published.refuses(event.namespace)) return
  const told = eventOfDecision(event, origin)
  if (told) published.publish(told)
}

function samenessOf(happening: Happening): string {
  return JSON.stringify(happening, (key, value: unknown) => (key === 'uid' ? undefined : value))
}

interface Kept {
  readonly recorder: Recorder
  readonly sinks: readonly Sink[]
  close(): Promise<void>
}

/** What brings events to sinks: into the cluster first. */
function keepEvents(config: AuditConfig, { client, clock, log, metrics, signal }: Parts): Kept {
  const sinks = config.sinks.map((sink) =>
    counted(
      createSink(sink, () => clock.now()),
      metrics,
    ),
  )
  const onView: ReflectorLog = (event) => {
    if (event.event !== 'listed') log.warn({ ...event }, 'the count of audit records lost touch; it goes on')
  }
  const names = sinks.map(({ name }) => name)
  const records = countRecords(client, names, onView, signal)
  const recorder = createRecorder({
    writer: createRecordWriter({
      boot: randomUUID(),
      create: (record, ended) => client.create(accessRecordKind, record, ended),
    }),
    sinks,
    isFull: () => records.waiting() >= config.maxWaiting,
    isCrowded: () => records.waiting() >= 2 * config.maxWaiting,
    onFailure: (event, err, what) => {
      log.error({ id: event.id, type: event.type, err, what }, 'audit event not kept')
    },
  })
  metrics.measured.records = records
  metrics.measured.inMemory = () => recorder.waiting()
  return {
    recorder,
    sinks,
    async close() {
      await recorder.close(closeWithinMs)
      await Promise.all(sinks.map((sink) => sink.close()))
    },
  }
}

function counted(sink: Sink, metrics: Metrics): Sink {
  return {
    ...sink,
    async deliver(event, signal) {
      try {
        await sink.deliver(event, signal)
        metrics.onDelivery(sink.name, 'delivered')
      } catch (error) {
        metrics.onDelivery(sink.name, 'failed')
        throw error
      }
    },
  }
}

// Where a namespace is being deleted, all of its Events are refused.
const complainEveryMs = 10_000

function publishEvents({ client, log, metrics }: Parts): EventPublisher {
  const complain = occasionally(complainEveryMs, (fields, times) => {
    log.warn({ ...fields, times }, 'Kubernetes Event not written; it is not tried again')
  })
  return createEventPublisher({
    client,
    onOutcome: (outcome, err) => {
      metrics.onKubernetesEvent(outcome)
      if (outcome !== 'written') complain({ outcome, err })
    },
  })
}
