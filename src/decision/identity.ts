import type { UserInfo } from '../api/review/admission-review.ts'
import { denied, type Deny } from './decision.ts'
import { say } from './text/sentence.ts'

export interface IdentityPolicy {
  /** Keys of userInfo.extra that an impersonator cannot set without a right of its own. */
  readonly proofKeys: readonly string[]
  readonly impersonation: 'Deny' | 'Record'
}

/**
 * Why this user may not do what needs a login of its own; undefined where the user may. Admission sees only the impersonated
 * user: a person who may impersonate others could otherwise ask as one of them and approve as themselves.
 *
 * @param does says what the user does, such as `asks for access`
 */
export function objectionToLogin(user: UserInfo, policy: IdentityPolicy, does: string): Deny | undefined {
  if (isDirect(user, policy)) return undefined
  return denied('E_IMPERSONATED', say`${user.username} ${does} without a login of its own, as under kubectl --as`)
}

/** Whether this login counts as the user's own. */
export function isDirect(user: UserInfo, policy: IdentityPolicy): boolean {
  return policy.impersonation === 'Record' || hasLoginProof(user, policy)
}

/**
 * Whether the review shows a direct login. `--as` carries over neither the credential-id of the login (KEP-4193 and kin) nor
 * its uid, and to set either needs a right of its own. A token from a Secret and many webhook authenticators bring a uid only.
 */
export function hasLoginProof(
  { uid = '', extra = {} }: UserInfo,
  { proofKeys }: Pick<IdentityPolicy, 'proofKeys'>,
): boolean {
  return uid !== '' || proofKeys.some((key) => Object.hasOwn(extra, key))
}
