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

/** The decision on a use of break-glass. The user is past the gate already: Sallyport can only record it. */
export function glassBroken(): Decision {
  return allowed('BREAK_GLASS', 'break-glass: past the gate, without request and grant')
}

/**
 * Changes the denial of a user who is named for break-glass but has no proof of a direct login. The denial then says
 * so: in an emergency nobody has time to find out.
 */
export function explainUnbroken(
  decision: Decision,
  user: UserInfo,
  { breakGlass, identity }: BreakGlassPolicy,
): Decision {
  if (decision.verdict === 'allow' || isDirect(user, identity)) return decision
  if (!breakGlass.subjects.some((subject) => isSubject(user, subject))) return decision
  return denied('E_IMPERSONATED', say`${user.username} may use break-glass, but only with a direct login`)
}
