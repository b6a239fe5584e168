import type { Review, UserInfo } from '../../api/review/admission-review.ts'
import type { Exemption } from '../../api/config/config.ts'
import { judgeAccess, type AccessJudged } from './access.ts'
import type { AccessSnapshot, EntryAttempt } from './access-snapshot.ts'
import { allowed, denied, type Decision, type Deny } from '../decision.ts'
import { howToAsk, howToForward } from './ask-command.ts'
import { entryOf, type Entry, type PodEntry } from './entry.ts'
import { exemptionFor } from './exemption.ts'
import { isFinished } from '../phase.ts'
import { isDirect, objectionToLogin, type IdentityPolicy } from '../identity.ts'
import { allowedNodePaths, isAllowedNodePath } from './node-proxy-path.ts'
import { say } from '../text/sentence.ts'
import { taskRehearsal } from './task-rehearsal.ts'

/** The part of the config that decides at the gate. */
export interface GatePolicy {
  readonly exemptions: readonly Exemption[]
  readonly identity: IdentityPolicy
}

/** Either a decision from only the review and the config, or a way into a pod that an access may open. */
export type AtTheGate = { readonly decision: Decision } | { readonly entry: PodEntry }

/** Decides on a way in as far as it can be decided without a look-up. */
export function decideEntry(review: Review, policy: GatePolicy): AtTheGate {
  const entry = entryOf(review)
  if (!entry.ok) {
    return { decision: denied('E_REVIEW_INVALID', `The review cannot be judged: ${entry.problems.join('; ')}`) }
  }
  const decision = exempt(entry.value, review.userInfo, policy)
  if (decision) return { decision }
  if (!isPodEntry(entry.value)) return { decision: refuse(entry.value, review.userInfo.username) }
  const impersonated = objectionToLogin(review.userInfo, policy.identity, `tries ${entry.value.way}`)
  if (impersonated) return { decision: impersonated }
  const rehearsal = taskRehearsal(review, entry.value)
  return rehearsal ? { decision: rehearsal } : { entry: entry.value }
}

/** Lets the entry in if a granted access opens it. Otherwise returns the most helpful denial. */
export function decideAccess(snapshot: AccessSnapshot, tried: EntryAttempt): Decision {
  const judged = (snapshot.pass?.spec.requests ?? [])
    .map(({ name, uid }) => ({ uid, request: snapshot.requests.get(name) }))
    .flatMap(({ uid, request }) => (request?.metadata.uid === uid ? [judgeAccess(request, snapshot, tried)] : []))
  const open = judged.flatMap((one) => ('access' in one ? [one.access] : []))
  // An access that can be used again comes before one that can be used once.
  const [access] = open.sort((a, b) => Number(a.once) - Number(b.once))
  if (access) {
    const by = access.grants.map(({ grantedBy }) => grantedBy).join(', ') || 'its template'
    return allowed('ACCESS', say`request ${access.request.name}, granted by ${by}`, { access })
  }
  const refusals = [...judged, ...lastEnded(snapshot, tried)].flatMap((one) => ('refusal' in one ? [one] : []))
  const nearest = refusals.sort((a, b) => b.rank - a.rank)[0]
  return nearest?.refusal ?? noPass(tried.entry, tried.user.username)
}

/** The request that ended last only explains. It never lets anybody in. */
function lastEnded(snapshot: AccessSnapshot, tried: EntryAttempt): readonly AccessJudged[] {
  const { pass, lastEnded: request } = snapshot
  const isIt = request !== undefined && request.metadata.uid === pass?.spec.ended?.uid && isFinished(request)
  return isIt ? [judgeAccess(request, snapshot, tried)] : []
}

function exempt(entry: Entry, user: UserInfo, { exemptions, identity }: GatePolicy): Decision | undefined {
  const exemption = exemptionFor(entry, user, exemptions)
  if (exemption) {
    // Role `edit` may impersonate the service accounts of its namespace, so a name without proof opens nothing.
    if (isDirect(user, identity)) return allowed('EXEMPT', exemption.why)
    return denied('E_IMPERSONATED', say`${user.username} is exempt from the gate, but only with a direct login`)
  }
  if (entry.way === 'nodes/proxy' && isAllowedNodePath(entry.name, entry.path)) {
    return allowed('NODE_PATH_ALLOWED', 'monitoring reads this path of the kubelet')
  }
  return undefined
}

const podWays: readonly PodEntry['way'][] = ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/ephemeralcontainers']

function isPodEntry(entry: Entry): entry is PodEntry {
  return podWays.some((way) => way === entry.way)
}

function refuse(entry: Exclude<Entry, PodEntry>, user: string): Deny {
  switch (entry.way) {
    case 'pods/proxy':
      return denied(
        'E_EXEMPT_ONLY',
        say`${user} may not use ${entry.way} of ${entry.namespace}/${entry.name}`,
        "Only an exemption in Sallyport's config allows it. " +
          'kubectl port-forward does the same, and only needs an access. ' +
          howToForward(entry.namespace, podOfProxy(entry.name)),
      )
    case 'services/proxy':
      return denied('E_EXEMPT_ONLY', say`${user} may not use ${entry.way} of ${entry.namespace}/${entry.name}`)
    case 'pods':
      return denied(
        'E_EXEMPT_ONLY',
        say`${user} may not change the image of a container of pod ${entry.namespace}/${entry.name}`,
        'That would run another program in a live pod. Change the image in its workload, which makes new pods. ' +
          "Or ask an administrator to add an exemption for pods to Sallyport's config.",
      )
    case 'nodes/proxy':
      return denied(
        'E_NODE_PATH',
        say`${user} may not use path ${entry.path || '/'} of nodes/proxy on ${entry.name}`,
        `Allowed are ${allowedNodePaths.join(', ')}, of a node that is named without scheme and port. ` +
          "Anything else needs an exemption in Sallyport's config.",
      )
  }
}

/** The pod and the port in a name that may carry scheme and port: `http:web-0:8080`. Without a port, it is empty. */
function podOfProxy(name: string): { readonly name: string; readonly port: string } {
  const [first = '', ...others] = name.split(':')
  const hasScheme = others.length > 0 && ['http', 'https', ''].includes(first)
  const [pod = '', port = ''] = hasScheme ? others : [first, ...others]
  return { name: pod, port }
}

function noPass(entry: PodEntry, user: string): Deny {
  const pod = say`pod ${entry.namespace}/${entry.name}`
  if (entry.way === 'pods/exec') return denied('E_NO_PASS', say`${user} has no access to ${pod}`, howToAsk(entry))
  return denied('E_NOT_LISTED', say`${user} has no access to ${entry.way} of ${pod}`, howToAsk(entry))
}

/** Turns a denial into an allow under Observe, for every cause of the denial. The allow records the denial. */
export function underEnforcement(decision: Decision, enforcement: 'Enforce' | 'Observe'): Decision {
  if (enforcement === 'Enforce' || decision.verdict === 'allow') return decision
  return { ...allowed('OBSERVED', 'enforcement is Observe'), would: decision }
}
