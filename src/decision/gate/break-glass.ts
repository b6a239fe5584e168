import type { UserInfo } from '../../api/review/admission-review.ts'
import type { BreakGlassSubject } from '../../api/subject.ts'
import { allowed, denied, type Decision } from '../decision.ts'
import { isDirect, type IdentityPolicy } from '../identity.ts'
import { say } from '../text/sentence.ts'
import { isSubject } from '../subject.ts'

export interface BreakGlassPolicy {
  readonly breakGlass: { readonly subjects: readonly BreakGlassSubject[] }
  readonly identity: IdentityPolicy
}

/** The glass is broken: whoever it was is past the gate already, and all that is left is to tell. */
export function glassBroken(): Decision {
  return allowed('BREAK_GLASS', 'break-glass: past the gate, without request and grant')
}

/**
 * Who is named for break-glass, comes without proof of a direct login and is denied, is told why: in an emergency nobody
 * has time to find out.
 */
export function explainUnbroken(
  decision: Decision,
  user: UserInfo,
  { breakGlass, identity }: BreakGlassPolicy,
): Decision {
  if (decision.verdict === 'allow' || isDirect(user, identity)) return decision
  if (!breakGlass.subjects.some((subject) => isSubject(user, subject))) return decision
  return denied('E_IMPERSONATED', say`${user.username} may break the glass, but only when logged in directly`)
}
