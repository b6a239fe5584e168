import type { Match } from '../src/api/match.ts'
import type { Client } from '../src/cluster/client.ts'
import type { Clock } from '../src/cluster/clock.ts'
import type { ApprovalPolicy } from '../src/decision/approval.ts'
import { decideEntry, decideAccess, type GatePolicy } from '../src/decision/gate.ts'
import { underEnforcement } from '../src/decision/observe.ts'
import { readAccess } from './access-reads.ts'
import { claimUse } from './once.ts'
import type { Webhook } from './webhook.ts'

/**
 * Every way into a running workload that admission can see. No objectSelector, ever: the object of a CONNECT has no
 * labels, so a selector never matches and the webhook is silently skipped (kubernetes/kubernetes#132287).
 */
export const connectMatch: Match = {
  name: 'gate.access.sallyport.dev',
  type: 'Validating',
  path: '/connect',
  // A denied kubectl exec calls twice, and the user waits.
  timeoutSeconds: 5,
  underObserve: 'Ignore',
  rules: [
    {
      operations: ['CONNECT'],
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy', 'nodes/proxy'],
      // nodes/proxy has no namespace.
      scope: '*',
    },
    {
      operations: ['UPDATE'],
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['pods/ephemeralcontainers'],
      scope: 'Namespaced',
    },
  ],
}

export interface ConnectPolicy extends GatePolicy {
  readonly enforcement: 'Enforce' | 'Observe'
  readonly grants: ApprovalPolicy
}

export function connectWebhook(client: Client, clock: Clock, policy: ConnectPolicy): Webhook {
  return {
    match: connectMatch,
    async handle(review, id, signal) {
      const at = decideEntry(review, policy)
      if ('decision' in at) return at.decision
      const user = review.userInfo
      const snapshot = await readAccess(client, at.entry, user, signal)
      const tried = { entry: at.entry, user, now: clock.now(), approval: policy.grants }
      const use = { id, username: user.username, pod: at.entry.name, time: tried.now }
      return claimUse(client, (used) => decideAccess(snapshot, { ...tried, used }), use, signal)
    },
    conclude: (decision) => underEnforcement(decision, policy.enforcement),
  }
}
