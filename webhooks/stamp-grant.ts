import { apiGroup } from '../src/api/kinds/kind.ts'
import type { Match } from '../src/api/match.ts'
import type { Client } from '../src/cluster/client.ts'
import { admitGrant, admitVerdict, type GrantPolicy } from '../src/decision/grant-admission.ts'
import { notBeingDeleted } from '../src/provision/install/guard-policy.ts'
import { readRequest } from './access-reads.ts'
import type { Webhook } from './webhook.ts'

/** Who grants, and which request by its uid: stamped. A verdict that would not count is refused with what would. */
export const stampGrantMatch: Match = {
  name: 'grants.access.sallyport.dev',
  type: 'Mutating',
  path: '/grants',
  timeoutSeconds: 5,
  underObserve: 'Fail',
  matchConditions: [notBeingDeleted],
  rules: [
    {
      operations: ['CREATE', 'UPDATE'],
      apiGroups: [apiGroup],
      apiVersions: ['*'],
      resources: ['accessgrants'],
      scope: 'Namespaced',
    },
  ],
}

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
