import { apiGroup } from '../src/api/kinds/kind.ts'
import type { Match } from '../src/api/match.ts'
import { allowed, type Allow } from '../src/decision/decision.ts'
import { notBySallyport } from '../src/provision/install/guard-policy.ts'
import type { Webhook } from './webhook.ts'

/**
 * Hears of what the policy sallyport-writers is about to refuse, for the record alone: a policy tells nobody. Mutating, as those are
 * asked before policies are; what a policy has refused, a validating webhook never hears of.
 */
export const tamperingMatch: Match = {
  name: 'tampering.access.sallyport.dev',
  type: 'Mutating',
  path: '/tampering',
  timeoutSeconds: 1,
  // It is the policy that refuses.
  failurePolicy: { Enforce: 'Ignore', Observe: 'Ignore' },
  matchConditions: [notBySallyport],
  rules: [
    {
      operations: ['CREATE', 'UPDATE'],
      apiGroups: [apiGroup],
      apiVersions: ['*'],
      resources: ['*/status'],
      scope: '*',
    },
    {
      operations: ['CREATE', 'UPDATE', 'DELETE'],
      apiGroups: [apiGroup],
      apiVersions: ['*'],
      resources: ['accesspasses', 'accessrecords'],
      scope: '*',
    },
  ],
}

function told(): Allow {
  return allowed(
    'LEFT_TO_POLICY',
    'Sallyport alone writes it: the policy sallyport-writers refuses it (E_SALLYPORT_ONLY)',
  )
}

export const tamperingWebhook: Webhook = {
  match: tamperingMatch,
  handle: () => Promise.resolve(told()),
  conclude: told,
}
