import { randomUUID } from 'node:crypto'
import { auditedWebhook } from '../webhooks/audited.ts'
import type { Webhook } from '../webhooks/webhook.ts'
import type { AuditConfig } from './api/audit-config.ts'
import type { AuditEvent } from './api/audit-event.ts'
import { accessRecordKind } from './api/kinds/access-record.ts'
import type { AccessRequest } from './api/kinds/access-request.ts'
import { eventOfDecision, eventOfPhase, type AuditOrigin } from './audit/audit-event.ts'
import { decisionEvent, type Decided, type DecisionEvent } from './audit/decision-event.ts'
import type { Log } from './audit/log.ts'
import { createRecorder } from './audit/recorder.ts'
import { createRedactor } from './audit/redact.ts'
import { createSink } from './audit/sink.ts'
import type { Client } from './cluster/client.ts'
import type { ReflectorLog } from './cluster/reflector-event.ts'
import type { WaryClock } from './cluster/wary-clock.ts'
import { countRecords } from './controller/audit-records.ts'
import type { ControllerOptions } from './controller/controller.ts'

interface Audit {
  /** The webhook, so that what it lets in is kept first. */
  audited(webhook: Webhook): Webhook
  decisionEvent(decided: Decided): DecisionEvent
  /** What was answered; what is not kept yet is, as soon as it can be. */
  onDecision(event: DecisionEvent): void
  readonly onPhase: (request: AccessRequest) => void
  readonly forController: ControllerOptions['audit']
  close(): Promise<void>
}

interface Parts {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now'>
  readonly log: Log
  readonly signal: AbortSignal
}

// What a replica that ends still has in memory.
const closeWithinMs = 5_000

/** The audit of a replica. Without a sink nothing is written: the log is all there is, and nothing waits for anything. */
export function openAudit(config: AuditConfig, { client, clock, log, signal }: Parts): Audit {
  const redactor = createRedactor(config.redact)
  const decided = (one: Decided): DecisionEvent => decisionEvent(one, redactor)
  if (config.sinks.length === 0) {
    return {
      audited: (webhook) => webhook,
      decisionEvent: decided,
      onDecision: () => undefined,
      onPhase: () => undefined,
      forController: undefined,
      close: () => Promise.resolve(),
    }
  }
  const sinks = config.sinks.map((sink) => createSink(sink, () => clock.now()))
  const onView: ReflectorLog = (event) => {
    if (event.event !== 'listed') log.warn({ ...event }, 'the count of audit records lost touch; it goes on')
  }
  const backlog = countRecords(client, onView, signal)
  const recorder = createRecorder({
    boot: randomUUID(),
    sinks,
    write: (record, ended) => client.create(accessRecordKind, record, ended),
    isFull: () => backlog.count() >= config.maxWaiting,
    onFailure: (event, err, what) => {
      log.error({ id: event.id, type: event.type, err, what }, 'audit event not kept')
    },
  })
  const origin = (): AuditOrigin => ({ source: config.source, now: clock.now() })
  const later = (event: AuditEvent | undefined): void => {
    if (event) recorder.recordLater(event)
  }
  return {
    audited: (webhook) => auditedWebhook(webhook, recorder, (one) => eventOfDecision(decided(one), origin())),
    decisionEvent(one) {
      const event = decided(one)
      if (!recorder.wasTried(one.id)) return event
      const isGiven = one.decision.verdict === 'allow' && !one.decision.would
      return isGiven ? { ...event, isKept: true } : { ...event, reverses: one.id }
    },
    onDecision(event) {
      if (!event.isKept) later(eventOfDecision(event, origin()))
    },
    onPhase: (request) => {
      later(eventOfPhase(request, origin()))
    },
    forController: { source: config.source, sinks },
    async close() {
      await recorder.close(closeWithinMs)
      await Promise.all(sinks.map((sink) => sink.close()))
    },
  }
}
