import type { Review } from '../src/api/admission-review.ts'
import type { AuditEvent } from '../src/api/audit-event.ts'
import type { Decided } from '../src/audit/decision-event.ts'
import type { Recorder } from '../src/audit/recorder.ts'
import type { Webhook } from './webhook.ts'

/** A webhook whose allows are kept as events before they are answered, or are none. */
export function auditedWebhook(
  webhook: Webhook,
  recorder: Pick<Recorder, 'record'>,
  eventOf: (decided: Decided) => AuditEvent | undefined,
): Webhook {
  return {
    ...webhook,
    async handle(review: Review, call) {
      const { id, caller, signal } = call
      const startedAt = performance.now()
      const decision = await webhook.handle(review, call)
      // A denial happens in any case, and is told later.
      if (decision.verdict === 'deny') return decision
      const durationMs = Math.round((performance.now() - startedAt) * 10) / 10
      const event = eventOf({ id, caller, webhook: webhook.match.name, uid: review.uid, review, decision, durationMs })
      return (event && (await recorder.record(event, signal))) ?? decision
    },
  }
}
