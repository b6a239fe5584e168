import type { UserInfo } from '../api/review/admission-review.ts'
import { denied, type Deny } from './decision.ts'
import { say } from './text/sentence.ts'

export interface IdentityPolicy {
  /** Keys of userInfo.extra that an impersonator cannot set without a separate right. */
  readonly proofKeys: readonly string[]
  readonly impersonation: 'Deny' | 'Record'
}

/**
 * Says why this user may not do something that needs a direct login. Undefined if the user may. Admission sees only the
 * impersonated user: otherwise a person could ask as somebody they may impersonate, and approve as themselves.
 *
 * @param does Says what the user does, such as `asks for access`.
 */
export function objectionToLogin(user: UserInfo, policy: IdentityPolicy, does: string): Deny | undefined {
  if (isDirect(user, policy)) return undefined
  return denied('E_IMPERSONATED', say`${user.username} ${does} without proof of a direct login, as with kubectl --as`)
}

/** True if this login counts as a direct login of the user. */
export function isDirect(user: UserInfo, policy: IdentityPolicy): boolean {
  return policy.impersonation === 'Record' || hasLoginProof(user, policy)
}

/**
 * True if the review shows a direct login. `--as` carries over neither the credential-id of the login (KEP-4193 and
 * kin) nor its uid. A user needs a separate right to set either. A token from a Secret brings only a uid, and so do
 * many webhook authenticators.
 */
export function hasLoginProof(
  { uid = '', extra = {} }: { readonly uid?: string | undefined; readonly extra?: object | undefined },
  { proofKeys }: Pick<IdentityPolicy, 'proofKeys'>,
): boolean {
  return uid !== '' || proofKeys.some((key) => Object.hasOwn(extra, key))
}
