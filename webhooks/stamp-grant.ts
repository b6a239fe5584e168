import type { Review } from '../src/api/review/admission-review.ts'
import type { AccessRequest } from '../src/api/kinds/access-request.ts'
import type { Client } from '../src/cluster/client/client.ts'
import type { WaryClock } from '../src/cluster/clock/wary-clock.ts'
import type { Decision } from '../src/decision/decision.ts'
import { admitGrant, admitVerdict, type GrantPolicy } from '../src/decision/admission/grant-admission.ts'
import { questionOfGrant } from '../src/decision/admission/validator-questions.ts'
import type { Validators } from '../src/validation/validators.ts'
import { readRequest, readTemplate } from '../src/live/live-objects.ts'
import { ownKindMatch } from './steps/own-kind-match.ts'
import { grantsOf } from './steps/read-lists.ts'
import { validated } from './steps/ask-validators.ts'
import type { Webhook } from '../src/decision/webhook.ts'

/**
 * Stamps the user who grants, and the uid of the request. A verdict that would not count is refused, with what would
 * count.
 */
export const stampGrantMatch = ownKindMatch('grants.access.sallyport.dev', '/grants', ['accessgrants'])

interface DecidedGrant {
  readonly decision: Decision
  /** The request that the verdict is on, if it was read. */
  readonly request?: AccessRequest | undefined
}

interface GrantTools {
  readonly clock: Pick<WaryClock, 'now'>
  readonly validators: Pick<Validators, 'of'>
}

export function stampGrantWebhook(client: Client, { clock, validators }: GrantTools, policy: GrantPolicy): Webhook {
  async function decide(review: Review, signal: AbortSignal): Promise<DecidedGrant> {
    const at = admitGrant(review, policy)
    if ('decision' in at) return at
    const request = await readRequest(client, at.request, signal)
    const { templateRef } = request?.spec ?? {}
    const [template, others] = await Promise.all([
      templateRef && readTemplate(client, templateRef, at.request.namespace, signal),
      request ? grantsOf(client, request, signal) : [],
    ])
    const found = { request, template, others, now: clock.now() }
    return { decision: admitVerdict(review, at.verdict, found, policy), request }
  }
  return {
    match: stampGrantMatch,
    async handle(review, { id, signal, left }) {
      const until = performance.now() + left
      const judged = await decide(review, signal)
      const asking = { validators, about: 'Grant', review, id, signal, until } as const
      const decision = await validated(judged.decision, asking, (one) => questionOfGrant(review, one, judged.request))
      const requestor = judged.request?.spec.requestor
      return { ...decision, ...(requestor && { requestor }) }
    },
    conclude: (decision) => decision,
  }
}
