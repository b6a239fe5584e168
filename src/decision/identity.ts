import type { UserInfo } from '../api/admission-review.ts'

export interface IdentityPolicy {
  /** Keys of userInfo.extra that an impersonator cannot set without a right of its own. */
  readonly proofKeys: readonly string[]
  readonly impersonation: 'Deny' | 'Record'
}

/**
 * Whether the review shows a direct login. Admission sees only the impersonated user; what `--as` does not carry over
 * is the credential-id of the login (KEP-4193 and kin).
 */
export function hasLoginProof(user: UserInfo, { proofKeys }: IdentityPolicy): boolean {
  return proofKeys.some((key) => user.extra !== undefined && Object.hasOwn(user.extra, key))
}
