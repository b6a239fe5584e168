import type { Match } from '../src/api/review/match.ts'
import type { Client } from '../src/cluster/client/client.ts'
import type { WaryClock } from '../src/cluster/clock/wary-clock.ts'
import type { GrantPolicy } from '../src/decision/admission/grant-admission.ts'
import type { RequestAdmissionPolicy } from '../src/decision/admission/request-admission.ts'
import type { TemplatePolicy } from '../src/decision/admission/template-admission.ts'
import type { BreakGlassPolicy } from '../src/decision/gate/break-glass.ts'
import type { ServedWebhook, Webhook } from '../src/decision/webhook.ts'
import type { Evaluator } from '../src/expression/evaluator.ts'
import { breakGlassMatch, connectMatch, gateMatches } from '../src/install/gate-matches.ts'
import type { Validators } from '../src/validation/validators.ts'
import { breakGlassWebhook, connectWebhook, type ConnectPolicy } from './connect.ts'
import { deletionMatch, deletionWebhook } from './deletions.ts'
import { stampGrantMatch, stampGrantWebhook } from './stamp-grant.ts'
import { stampRequestMatch, stampRequestWebhook } from './stamp-request.ts'
import { stampTemplateMatch, stampTemplateWebhook } from './stamp-template.ts'
import { keptFirst, type KeepFirst } from './steps/keep-first.ts'
import { tamperingMatch, tamperingWebhook } from './tampering.ts'

/** The parts from which webhooks are made. */
export interface WebhookParts {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now' | 'earliest'>
  readonly evaluator: Evaluator
  readonly validators: Pick<Validators, 'of'>
  readonly policy: ConnectPolicy & GrantPolicy & RequestAdmissionPolicy & TemplatePolicy
  readonly keepFirst: KeepFirst
}

interface WebhookEntry {
  /** The webhook configurations are made from it. */
  readonly match: Match
  readonly make: (parts: WebhookParts) => Webhook
  /** True if an allow is kept as an event before it is answered. */
  readonly isKept: boolean
}

const connectEntry: WebhookEntry = {
  match: connectMatch,
  make: ({ client, clock, policy }) => connectWebhook(client, clock, policy),
  isKept: true,
}

const breakGlassEntry: WebhookEntry = { match: breakGlassMatch, make: () => breakGlassWebhook, isKept: false }

/** The webhooks that do not depend on the config's subjects of break-glass. */
const others: readonly WebhookEntry[] = [
  {
    match: stampRequestMatch,
    make: ({ client, policy, ...tools }) => stampRequestWebhook(client, tools, policy),
    isKept: true,
  },
  {
    match: stampGrantMatch,
    make: ({ client, policy, ...tools }) => stampGrantWebhook(client, tools, policy),
    isKept: true,
  },
  {
    match: stampTemplateMatch,
    make: ({ client, policy, ...tools }) => stampTemplateWebhook(client, tools, policy),
    isKept: true,
  },
  { match: tamperingMatch, make: ({ client }) => tamperingWebhook(client), isKept: false },
  { match: deletionMatch, make: () => deletionWebhook, isKept: false },
]

/** Returns what the API server is asked to call under a config. The webhook configurations name these. */
export function allMatches(policy: BreakGlassPolicy): readonly Match[] {
  return [...gateMatches(policy), ...others.map(({ match }) => match)]
}

/**
 * Returns all webhooks, to be served under every config. The API server may still call, or call already, by the
 * configurations of another config than the one in force here.
 * @param policy returns the policy in force. Each review is decided by the policy at its beginning.
 */
export function servedWebhooks(
  parts: Omit<WebhookParts, 'policy'>,
  policy: () => WebhookParts['policy'],
): readonly ServedWebhook[] {
  return [connectEntry, breakGlassEntry, ...others].map(({ match, make, isKept }) => ({
    match,
    now() {
      const webhook = make({ ...parts, policy: policy() })
      return isKept ? keptFirst(webhook, parts.keepFirst) : webhook
    },
  }))
}
