import type { Review } from '../src/api/admission-review.ts'
import type { Match } from '../src/api/match.ts'
import type { Decision } from '../src/decision/decision.ts'
import { decideEntry, type GatePolicy } from '../src/decision/gate.ts'
import { underEnforcement } from '../src/decision/observe.ts'

/**
 * Every way into a running workload that admission can see. No objectSelector, ever: the object of a CONNECT has no
 * labels, so a selector never matches and the webhook is silently skipped (kubernetes/kubernetes#132287).
 */
export const connectMatch: Match = {
  name: 'gate.access.sallyport.dev',
  path: '/connect',
  // A denied kubectl exec calls twice, and the user waits.
  timeoutSeconds: 5,
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
}

interface ConnectWebhook {
  readonly match: Match
  handle(review: Review): Promise<Decision>
  conclude(decision: Decision): Decision
}

export function connectWebhook(policy: ConnectPolicy): ConnectWebhook {
  return {
    match: connectMatch,
    handle: (review) => Promise.resolve(decideEntry(review, policy)),
    conclude: (decision) => underEnforcement(decision, policy.enforcement),
  }
}
