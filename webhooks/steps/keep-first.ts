import type { Deny } from '../../src/decision/decision.ts'
import type { Decided, Webhook } from '../../src/decision/webhook.ts'

/** Keeps the event of an allow. Resolves to a denial if that failed. */
export type KeepFirst = (decided: Decided, signal: AbortSignal) => Promise<Deny | undefined>

/**
 * Makes a webhook whose allows are kept as events before they are answered. If an event cannot be kept, the answer is a
 * denial.
 */
export function keptFirst(webhook: Webhook, keepFirst: KeepFirst): Webhook {
  return {
    ...webhook,
    async handle(review, call) {
      const { id, caller, signal } = call
      const startedAt = performance.now()
      const decision = await webhook.handle(review, call)
      // A denial happens in any case, and is told later.
      if (decision.verdict === 'deny') return decision
      const durationMs = Math.round((performance.now() - startedAt) * 10) / 10
      const decided = { id, caller, webhook: webhook.match.name, uid: review.uid, review, decision, durationMs }
      return (await keepFirst(decided, signal)) ?? decision
    },
  }
}
