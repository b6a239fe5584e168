import type { Review } from '../src/api/review/admission-review.ts'
import { apiGroup } from '../src/api/kinds/kind.ts'
import type { Client } from '../src/cluster/client/client.ts'
import type { WaryClock } from '../src/cluster/clock/wary-clock.ts'
import type { Decision } from '../src/decision/decision.ts'
import {
  admitUnderTemplate,
  admitRequest,
  admitRevocation,
  type RequestAdmissionPolicy,
} from '../src/decision/admission/request-admission.ts'
import { questionOfRequest } from '../src/decision/admission/validator-questions.ts'
import type { Validators } from '../src/validation/validators.ts'
import { mayDo } from '../src/cluster/client/access-review.ts'
import type { AccessRequestSpec } from '../src/api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../src/api/kinds/access-template.ts'
import type { Resource } from '../src/cluster/client/resource.ts'
import { namedPod } from '../src/decision/kinds/access-kinds.ts'
import { targetRef } from '../src/decision/template.ts'
import { readLabels, readTemplate } from '../src/live/live-objects.ts'
import { isNamedPodOfAnother } from '../src/live/pod-membership.ts'
import { ownKindMatch } from './steps/own-kind-match.ts'
import { requestsUnder } from './steps/read-lists.ts'
import { validated } from './steps/ask-validators.ts'
import type { Webhook } from '../src/decision/webhook.ts'

/** Stamps the user who asks and the user who revokes from the login. The content of the file does not matter. */
export const stampRequestMatch = ownKindMatch('requests.access.sallyport.dev', '/requests', ['accessrequests'])

interface RequestTools {
  readonly clock: Pick<WaryClock, 'now'>
  readonly validators: Pick<Validators, 'of'>
}

interface RequestPolicy extends RequestAdmissionPolicy {
  /** The kinds that a template may target. */
  readonly workloads: readonly Resource[]
}

export function stampRequestWebhook(
  client: Client,
  { clock, validators }: RequestTools,
  policy: RequestPolicy,
): Webhook {
  async function asksForAnother(
    asked: AccessRequestSpec,
    template: AnyTemplate,
    namespace: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const [name, target] = [namedPod(asked), targetRef(template)]
    if (name === undefined || !target) return false
    return isNamedPodOfAnother({ client, kinds: policy.workloads, signal }, { namespace, name }, target)
  }

  async function decide(review: Review, signal: AbortSignal): Promise<Decision> {
    const at = admitRequest(review, policy)
    if ('decision' in at) return at.decision
    if ('asked' in at) {
      const { namespace = '' } = review
      const [template, namespaceLabels] = await Promise.all([
        readTemplate(client, at.templateRef, namespace, signal),
        readLabels(client, namespace, signal),
      ])
      const [others, isOfAnother] = await Promise.all([
        template?.spec.limits ? requestsUnder(client, template, signal) : [],
        template ? asksForAnother(at.asked, template, namespace, signal) : false,
      ])
      const facts = { template, namespaceLabels, others, isOfAnother, now: clock.now() }
      return admitUnderTemplate(review, policy.identity, at, facts)
    }
    const grants = { group: apiGroup, resource: 'accessgrants', verb: 'create', namespace: review.namespace ?? '' }
    return admitRevocation(review, at.revokedByOther, await mayDo(client, review.userInfo, grants, signal))
  }
  return {
    match: stampRequestMatch,
    async handle(review, { id, signal, left }) {
      const until = performance.now() + left
      const asking = { validators, about: 'Request', review, id, signal, until } as const
      return validated(await decide(review, signal), asking, (decision) => questionOfRequest(review, decision))
    },
    conclude: (decision) => decision,
  }
}
