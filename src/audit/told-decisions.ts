import type { AuditEvent } from '../api/audit-event.ts'
import type { Deny } from '../decision/decision.ts'
import type { Decided } from '../decision/webhook.ts'
import { eventOfDecision, type AuditOrigin } from './event/audit-event.ts'
import { decisionEvent, type DecisionEvent, type EventOptions } from './event/decision-event.ts'
import type { EventPublisher } from './kubernetes-events/publisher.ts'
import type { Recorder } from './record/recorder.ts'

/** Tells of decisions: of an allow before it is answered, and of all decisions afterwards. */
export interface ToldDecisions {
  /**
   * Keeps the event of an allow. Resolves to a denial if the event could not be kept: the access must then not happen.
   */
  keepFirst(decided: Decided, signal: AbortSignal): Promise<Deny | undefined>
  /** Describes an answer for the log, the metrics and the event. Must be called once for each answer. */
  decisionEvent(decided: Decided): DecisionEvent
  /** Keeps the event of an answer, if it is not kept yet, and publishes it. */
  onDecision(event: DecisionEvent): void
}

interface TellerParts extends Pick<EventOptions, 'redactor'> {
  /** Returns the rules of identity that are in force. */
  readonly identity: () => EventOptions['identity']
  readonly origin: () => AuditOrigin
  /** Undefined without sinks. */
  readonly recorder: Pick<Recorder, 'record' | 'recordLater' | 'wasTried'> | undefined
  /** Undefined if Kubernetes Events are off. */
  readonly published: EventPublisher | undefined
}

/** The description that was made before the answer. */
interface First {
  readonly decision: Decided['decision']
  readonly described: DecisionEvent
}

export function createToldDecisions({ origin, redactor, identity, recorder, published }: TellerParts): ToldDecisions {
  const firsts = new Map<string, First>()
  const events = new WeakMap<DecisionEvent, AuditEvent>()

  function describe(decided: Decided): DecisionEvent {
    return decisionEvent(decided, { redactor, identity: identity() })
  }

  /** Returns the event of a decision, made once. */
  function eventOf(described: DecisionEvent, at: AuditOrigin): AuditEvent | undefined {
    const event = events.get(described) ?? eventOfDecision(described, at)
    if (event) events.set(described, event)
    return event
  }

  /** Returns the description that was kept, with the time that the whole answer took. */
  function asKept({ described }: First, { durationMs }: Decided): DecisionEvent {
    const kept = { ...described, durationMs, isKept: true } as const
    const event = events.get(described)
    if (event) events.set(kept, event)
    return kept
  }

  return {
    async keepFirst(decided, signal) {
      if (!recorder) return undefined
      const described = describe(decided)
      const event = eventOf(described, origin())
      if (!event) return undefined
      // Once the answer is out, no caller fetches the description made before it.
      signal.throwIfAborted()
      firsts.set(decided.id, { decision: decided.decision, described })
      return recorder.record(event, signal)
    },
    decisionEvent(decided) {
      const { id, decision } = decided
      const first = firsts.get(id)
      firsts.delete(id)
      if (!first || !recorder?.wasTried(id)) return describe(decided)
      if (first.decision === decision) return asKept(first, decided)
      // A sink got an allow, or may have got it, and the answer is another one.
      return { ...describe(decided), reverses: id }
    },
    onDecision(described) {
      const at = origin()
      const untold = recorder && !described.isKept ? eventOf(described, at) : undefined
      if (untold) recorder?.recordLater(untold)
      // This runs after the answer, so that it does not delay the user.
      if (published) setImmediate(publish, published, described, at)
    },
  }

  function publish(to: EventPublisher, described: DecisionEvent, at: AuditOrigin): void {
    if (to.refuses(described.namespace)) return
    const event = eventOf(described, at)
    if (event) to.publish(event)
  }
}
