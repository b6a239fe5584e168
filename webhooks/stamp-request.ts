import { apiGroup } from '../src/api/kinds/kind.ts'
import type { Client } from '../src/cluster/client.ts'
import { admitAsking, admitRequest, admitRevocation, type StampPolicy } from '../src/decision/request-admission.ts'
import { mayDo } from '../src/cluster/access-review.ts'
import { readLabels, readTemplate } from './access-reads.ts'
import { ownKindMatch } from './own-kind-match.ts'
import type { Webhook } from './webhook.ts'

/** Who asks and who revokes: stamped from the login, whatever the file says. */
export const stampRequestMatch = ownKindMatch('requests.access.sallyport.dev', '/requests', ['accessrequests'])

export function stampRequestWebhook(client: Client, policy: StampPolicy): Webhook {
  return {
    match: stampRequestMatch,
    async handle(review, _id, signal) {
      const at = admitRequest(review, policy)
      if ('decision' in at) return at.decision
      if ('asking' in at) {
        const { templateRef, asking } = at
        const [template, namespaceLabels] = await Promise.all([
          readTemplate(client, templateRef, asking.namespace, signal),
          readLabels(client, asking.namespace, signal),
        ])
        return admitAsking(at.stamped, { ...asking, namespaceLabels }, templateRef, template)
      }
      const grants = { group: apiGroup, resource: 'accessgrants', verb: 'create', namespace: review.namespace ?? '' }
      return admitRevocation(review, at.revokedByOther, await mayDo(client, review.userInfo, grants, signal))
    },
    conclude: (decision) => decision,
  }
}
