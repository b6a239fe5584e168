import type { Review } from '../src/api/review/admission-review.ts'
import { allKinds } from '../src/api/kinds/all-kinds.ts'
import { apiGroup } from '../src/api/kinds/kind.ts'
import type { Match } from '../src/api/review/match.ts'
import type { Client } from '../src/cluster/client/client.ts'
import { resources } from '../src/cluster/client/resources.ts'
import { allowed, type Allow } from '../src/decision/decision.ts'
import { say } from '../src/decision/text/sentence.ts'
import { notBeingDeleted } from '../src/install/admission-policy.ts'
import { clusterUsers, notBySallyport, refusedToOthers } from '../src/install/guard-policy.ts'
import type { Webhook } from '../src/decision/webhook.ts'

const written = ['accesspasses', 'accessrecords']

/**
 * Hears of writes that the policies sallyport-writers and sallyport-metadata are about to refuse, only for the record:
 * a policy tells nobody. It is mutating, because those webhooks are called before policies. A validating webhook never
 * hears of a write that a policy has refused.
 */
export const tamperingMatch: Match = {
  name: 'tampering.access.sallyport.dev',
  type: 'Mutating',
  path: '/tampering',
  timeoutSeconds: 1,
  // The policy refuses, not this webhook.
  failurePolicy: { Enforce: 'Ignore', Observe: 'Ignore' },
  matchConditions: [notBeingDeleted, notBySallyport, refusedToOthers],
  rules: [
    {
      operations: ['CREATE', 'UPDATE'],
      apiGroups: [apiGroup],
      apiVersions: ['*'],
      resources: allKinds.flatMap(({ plural }) => [plural, `${plural}/status`]),
      scope: '*',
    },
    { operations: ['DELETE'], apiGroups: [apiGroup], apiVersions: ['*'], resources: written, scope: '*' },
  ],
}

function told({ resource: { resource }, subResource }: Pick<Review, 'resource' | 'subResource'>): Allow {
  const why =
    subResource === 'status' || written.includes(resource)
      ? 'Only Sallyport may write it: the policy sallyport-writers refuses it (E_SALLYPORT_ONLY)'
      : 'Only Sallyport may add finalizers and owners: the policy sallyport-metadata refuses it (E_FOREIGN_METADATA)'
  return allowed('LEFT_TO_POLICY', why)
}

/** True if the cluster removes an object together with its namespace: the policy allows only that deletion. */
async function goesWithNamespace(client: Client, review: Review, signal: AbortSignal): Promise<boolean> {
  const { operation, namespace, userInfo } = review
  if (operation !== 'DELETE' || namespace === undefined || !clusterUsers.includes(userInfo.username)) return false
  const found = await client.get(resources.Namespace, { name: namespace }, signal)
  return found?.metadata.deletionTimestamp !== undefined
}

export const tamperingWebhook = (client: Client): Webhook => ({
  match: tamperingMatch,
  async handle(review, { signal }) {
    if (!(await goesWithNamespace(client, review, signal))) return told(review)
    return allowed('TOLD', say`it goes with namespace ${review.namespace ?? ''}`)
  },
  conclude: (decision) =>
    decision.verdict === 'allow' ? decision : allowed('LEFT_TO_POLICY', 'a policy of Sallyport refuses it'),
})
