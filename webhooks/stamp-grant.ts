import type { Client } from '../src/cluster/client.ts'
import { admitGrant, admitVerdict, type GrantPolicy } from '../src/decision/grant-admission.ts'
import { readRequest } from './access-reads.ts'
import { ownKindMatch } from './own-kind-match.ts'
import type { Webhook } from './webhook.ts'

/** Who grants, and which request by its uid: stamped. A verdict that would not count is refused with what would. */
export const stampGrantMatch = ownKindMatch('grants.access.sallyport.dev', '/grants', ['accessgrants'])

export function stampGrantWebhook(client: Client, policy: GrantPolicy): Webhook {
  return {
    match: stampGrantMatch,
    async handle(review, _id, signal) {
      const at = admitGrant(review, policy)
      if ('decision' in at) return at.decision
      return admitVerdict(review, at.verdict, await readRequest(client, at.request, signal), policy)
    },
    conclude: (decision) => decision,
  }
}
