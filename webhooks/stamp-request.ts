import { apiGroup } from '../src/api/kinds/kind.ts'
import type { Client } from '../src/cluster/client.ts'
import type { WaryClock } from '../src/cluster/wary-clock.ts'
import { admitAsking, admitRequest, admitRevocation, type StampPolicy } from '../src/decision/request-admission.ts'
import { mayDo } from '../src/cluster/access-review.ts'
import { readLabels, readTemplate } from './access-reads.ts'
import { ownKindMatch } from './own-kind-match.ts'
import { requestsUnder } from './request-lists.ts'
import type { Webhook } from './webhook.ts'

/** Who asks and who revokes: stamped from the login, whatever the file says. */
export const stampRequestMatch = ownKindMatch('requests.access.sallyport.dev', '/requests', ['accessrequests'])

export function stampRequestWebhook(client: Client, clock: Pick<WaryClock, 'now'>, policy: StampPolicy): Webhook {
  return {
    match: stampRequestMatch,
    async handle(review, _id, signal) {
      const at = admitRequest(review, policy)
      if ('decision' in at) return at.decision
      if ('asked' in at) {
        const { namespace = '' } = review
        const [template, namespaceLabels] = await Promise.all([
          readTemplate(client, at.templateRef, namespace, signal),
          readLabels(client, namespace, signal),
        ])
        const others = template?.spec.limits ? await requestsUnder(client, template, signal) : []
        return admitAsking(review, policy, at, { template, namespaceLabels, others, now: clock.now() })
      }
      const grants = { group: apiGroup, resource: 'accessgrants', verb: 'create', namespace: review.namespace ?? '' }
      return admitRevocation(review, at.revokedByOther, await mayDo(client, review.userInfo, grants, signal))
    },
    conclude: (decision) => decision,
  }
}
