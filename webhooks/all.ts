import type { Match, MatchCondition } from '../src/api/review/match.ts'
import type { Client } from '../src/cluster/client/client.ts'
import type { WaryClock } from '../src/cluster/clock/wary-clock.ts'
import type { GrantPolicy } from '../src/decision/admission/grant-admission.ts'
import type { RequestAdmissionPolicy } from '../src/decision/admission/request-admission.ts'
import type { TemplatePolicy } from '../src/decision/admission/template-admission.ts'
import type { BreakGlassPolicy } from '../src/decision/gate/break-glass.ts'
import type { Webhook } from '../src/decision/webhook.ts'
import type { Evaluator } from '../src/expression/evaluator.ts'
import { breakGlassCondition } from '../src/install/break-glass-condition.ts'
import type { Validators } from '../src/validation/validators.ts'
import { breakGlassMatch, breakGlassWebhook } from './break-glass.ts'
import { connectMatch, connectWebhook, type ConnectPolicy } from './connect.ts'
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

/** Returns every webhook under a config. The server serves these, and the webhook configurations name these. */
function allWebhooks(policy: BreakGlassPolicy): readonly WebhookEntry[] {
  return [
    ...waysIn(policy),
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
}

/**
 * Returns the webhooks for ways in. The gate hears of everybody who does not break the glass. If a config names
 * subjects for that, a second webhook hears of them.
 */
function waysIn({ breakGlass, identity }: BreakGlassPolicy): readonly WebhookEntry[] {
  const gate: WebhookEntry = {
    match: connectMatch,
    make: ({ client, clock, policy }) => connectWebhook(client, clock, policy),
    isKept: true,
  }
  const breaksGlass = breakGlassCondition(breakGlass.subjects, identity)
  if (breaksGlass === undefined) return [gate]
  return [
    { ...gate, match: onlyIf(connectMatch, { name: 'no-break-glass', expression: `!(${breaksGlass})` }) },
    {
      match: onlyIf(breakGlassMatch, { name: 'break-glass', expression: breaksGlass }),
      make: () => breakGlassWebhook,
      isKept: false,
    },
  ]
}

function onlyIf(match: Match, condition: MatchCondition): Match {
  return { ...match, matchConditions: [...(match.matchConditions ?? []), condition] }
}

/** Returns what all webhooks under a config listen to. */
export function allMatches(policy: BreakGlassPolicy): readonly Match[] {
  return allWebhooks(policy).map(({ match }) => match)
}

/** Returns all webhooks under a config, to be served. */
export function makeWebhooks(parts: WebhookParts): readonly Webhook[] {
  return allWebhooks(parts.policy).map(({ match, make, isKept }) => {
    const webhook = { ...make(parts), match }
    return isKept ? keptFirst(webhook, parts.keepFirst) : webhook
  })
}
