import type { AuditConfig } from '../api/config/audit-config.ts'
import type { AuditEvent } from '../api/audit-event.ts'
import type { IdentityPolicy } from '../decision/identity.ts'
import type { AuditOptions } from './delivery/audit-loop.ts'
import type { AuditOrigin } from './event/audit-event.ts'
import { controllerEvent, type ControllerWork } from './event/controller-event.ts'
import { createRedactor } from './event/redact.ts'
import { createRepeatMerger } from './event/repeat-merger.ts'
import { keepEvents, type KeptParts } from './kept-events.ts'
import { occasionally } from './kubernetes-events/occasionally.ts'
import { createEventPublisher, type EventPublisher } from './kubernetes-events/publisher.ts'
import { createToldDecisions, type ToldDecisions } from './told-decisions.ts'

/** The audit of one thread of a replica. */
export interface Audit extends ToldDecisions {
  /** Tells of work or a finding of the controller. */
  readonly tell: (happening: ControllerWork) => void
  /** The parts that the leader needs to deliver events; undefined without sinks. */
  readonly delivery: Pick<AuditOptions, 'source' | 'sinks' | 'onBacklog'> | undefined
  close(): Promise<void>
}

interface AuditParts extends KeptParts {
  /** Returns the rules of identity that are in force. */
  readonly identity: () => Pick<IdentityPolicy, 'proofKeys'>
}

const eventsCloseWithinMs = 1_000

/**
 * Opens the audit of one thread of a replica; gate and controller have one each. Without a sink no event is kept: there
 * are only the log and the Kubernetes Events, and nothing waits for them.
 */
export function openAudit(config: AuditConfig, parts: AuditParts): Audit {
  const { clock, log, metrics, identity } = parts
  const origin = (): AuditOrigin => ({ source: config.source, now: clock.now() })
  const kept = config.sinks.length > 0 ? keepEvents(config, parts) : undefined
  const published = config.kubernetesEvents === 'On' ? publishEvents(parts) : undefined
  const redactor = createRedactor(config.redact)
  const decisions = createToldDecisions({ origin, redactor, identity, recorder: kept?.recorder, published })

  function tellEvent(event: AuditEvent): void {
    kept?.recorder.recordLater(event)
    published?.publish(event)
  }

  function tellHappening(happening: ControllerWork): void {
    const event = controllerEvent(happening, origin(), redactor)
    if (!event) return
    tellEvent(event)
    if (happening.what === 'tampering') metrics.onTampering(happening.finding.code)
    const { id, type, subject, data } = event
    if (happening.what === 'phase') {
      const { request, requestor, phase, message, expiresAt } = data
      log.info({ id, ...request, user: requestor?.username, phase, message, expiresAt }, 'request changed')
      return
    }
    log[isBad(happening) ? 'warn' : 'info']({ id, type, subject, ...data }, 'audit event')
  }

  // Someone may change a restored object again and again. That makes only one event a second.
  const repeats = createRepeatMerger<Exclude<ControllerWork, { what: 'phase' }>>({
    sameness: samenessOf,
    tell: (first, { count }) => {
      tellHappening({ ...first, count })
    },
  })

  return {
    ...decisions,
    tell(happening) {
      const isRepeated =
        happening.what === 'tampering' || (happening.what === 'objects' && happening.verb === 'repaired')
      if (isRepeated) repeats.record(happening)
      else tellHappening(happening)
    },
    delivery: kept && {
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

function isBad(happening: Exclude<ControllerWork, { what: 'phase' }>): boolean {
  switch (happening.what) {
    case 'tampering':
      return true
    case 'undo':
      return !happening.isUndone
    case 'objects':
      return happening.verb === 'repaired'
  }
}

function samenessOf(happening: ControllerWork): string {
  return JSON.stringify(happening, (key, value: unknown) => (key === 'uid' ? undefined : value))
}

// In a namespace that is being deleted, every Event is refused.
const complainEveryMs = 10_000

function publishEvents({ client, log, metrics }: AuditParts): EventPublisher {
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
