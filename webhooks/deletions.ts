import { apiGroup } from '../src/api/kinds/kind.ts'
import type { Match } from '../src/api/review/match.ts'
import { allowed } from '../src/decision/decision.ts'
import { say } from '../src/decision/text/sentence.ts'
import { notByTheCluster } from '../src/install/guard-policy.ts'
import type { Webhook } from '../src/decision/webhook.ts'

/**
 * Hears who deletes a request, a verdict or a template, only for the record: a deleted object no longer shows who
 * deleted it.
 * Objects that the cluster itself removes with a namespace or an owner are left out, so that a gate that hangs delays
 * none of that.
 */
export const deletionMatch: Match = {
  name: 'deletions.access.sallyport.dev',
  type: 'Validating',
  path: '/deletions',
  timeoutSeconds: 1,
  // Ending an access must always be possible.
  failurePolicy: { Enforce: 'Ignore', Observe: 'Ignore' },
  matchConditions: [
    notByTheCluster,
    // A second deletion of an object that is ending already is not new.
    { name: 'first', expression: '!has(oldObject.metadata.deletionTimestamp)' },
  ],
  rules: [
    {
      operations: ['DELETE'],
      apiGroups: [apiGroup],
      apiVersions: ['*'],
      resources: ['accessrequests', 'accessgrants', 'accesstemplates', 'clusteraccesstemplates'],
      scope: '*',
    },
  ],
}

export const deletionWebhook: Webhook = {
  match: deletionMatch,
  handle: (review) => Promise.resolve(allowed('TOLD', say`deleted by ${review.userInfo.username}`)),
  conclude: (decision) => (decision.verdict === 'allow' ? decision : allowed('TOLD', 'deleted')),
}
