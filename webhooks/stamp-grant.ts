import type { Client } from '../src/cluster/client.ts'
import { admitGrant, admitVerdict, type GrantPolicy } from '../src/decision/grant-admission.ts'
import { readRequest, readTemplate } from './access-reads.ts'
import { ownKindMatch } from './own-kind-match.ts'
import { grantsOf } from './request-lists.ts'
import type { Webhook } from './webhook.ts'

/** Who grants, and which request by its uid: stamped. A verdict that would not count is refused with what would. */
export const stampGrantMatch = ownKindMatch('grants.access.sallyport.dev', '/grants', ['accessgrants'])

export function stampGrantWebhook(client: Client, policy: GrantPolicy): Webhook {
  return {
    match: stampGrantMatch,
    async handle(review, _id, signal) {
      const at = admitGrant(review, policy)
      if ('decision' in at) return at.decision
      const request = await readRequest(client, at.request, signal)
      if (!request?.spec.templateRef) {
        return admitVerdict(review, at.verdict, { request, template: undefined, others: [] }, policy)
      }
      const [template, others] = await Promise.all([
        readTemplate(client, request.spec.templateRef, at.request.namespace, signal),
        grantsOf(client, request, signal),
      ])
      return admitVerdict(review, at.verdict, { request, template, others }, policy)
    },
    conclude: (decision) => decision,
  }
}
