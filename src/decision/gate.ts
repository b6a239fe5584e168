import type { Review, UserInfo } from '../api/admission-review.ts'
import type { Exemption } from '../api/config.ts'
import { allowed, denied, type Decision, type Deny } from './decision.ts'
import { entryOf, type Entry, type Exec } from './entry.ts'
import { exemptionFor } from './exemption.ts'
import { hasLoginProof, type IdentityPolicy } from './identity.ts'
import { allowedNodePaths, isAllowedNodePath } from './node-proxy-path.ts'
import { say } from './sentence.ts'
import { shellWords } from './shell-words.ts'

/** The part of the config that decides at the gate. */
export interface GatePolicy {
  readonly exemptions: readonly Exemption[]
  readonly identity: IdentityPolicy
}

/** Decides whether the way in that the review shows is open. */
export function decideEntry(review: Review, policy: GatePolicy): Decision {
  const entry = entryOf(review)
  if (!entry.ok) return denied('E_REVIEW_INVALID', `The review cannot be judged: ${entry.problems.join('; ')}`)
  return exempt(entry.value, review.userInfo, policy) ?? refuse(entry.value, review.userInfo.username)
}

function exempt(entry: Entry, user: UserInfo, { exemptions, identity }: GatePolicy): Decision | undefined {
  const exemption = exemptionFor(entry, user, exemptions)
  if (exemption) {
    // Role `edit` may impersonate the service accounts of its namespace: a name alone opens nothing.
    if (identity.impersonation === 'Record' || hasLoginProof(user, identity)) return allowed('EXEMPT', exemption.why)
    return denied('E_IMPERSONATED', say`${user.username} is exempt from the gate, but only when logged in directly`)
  }
  if (entry.way === 'nodes/proxy' && isAllowedNodePath(entry.path)) {
    return allowed('NODE_PATH_ALLOWED', 'monitoring reads this path of the kubelet')
  }
  return undefined
}

function refuse(entry: Entry, user: string): Deny {
  switch (entry.way) {
    case 'pods/exec':
      return denied(
        'E_NO_PASS',
        say`${user} has no access to pod ${entry.namespace}/${entry.name}`,
        `Ask for it:\n${askForExec(entry)}`,
      )
    case 'pods/attach':
    case 'pods/portforward':
    case 'pods/ephemeralcontainers':
      return denied('E_NOT_LISTED', say`${user} has no access to ${entry.way} of pod ${entry.namespace}/${entry.name}`)
    case 'pods/proxy':
    case 'services/proxy':
      return denied('E_EXEMPT_ONLY', say`${user} may not use ${entry.way} of ${entry.namespace}/${entry.name}`)
    case 'nodes/proxy':
      return denied(
        'E_NODE_PATH',
        say`${user} may not use path ${entry.path || '/'} of nodes/proxy on ${entry.name}`,
        `Open are ${allowedNodePaths.join(', ')}; anything else needs an exemption in Sallyport's config.`,
      )
  }
}

/** The command that asks for what was tried: DESIGN §4. */
function askForExec({ name, namespace, container, stdin, tty, command }: Exec): string {
  const flags = [...(container ? ['-c', container] : []), ...(stdin ? ['--stdin'] : []), ...(tty ? ['--tty'] : [])]
  const target = shellWords([name, '-n', namespace, ...flags])
  const argv = shellWords(command) ?? 'COMMAND'
  return `kubectl access request exec ${target ?? 'POD -n NAMESPACE'} --reason "…" -- ${argv}`
}
