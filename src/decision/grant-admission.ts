import type { Review } from '../api/admission-review.ts'
import { AccessGrantAsked } from '../api/kinds/access-grant.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import { validator } from '../api/validator.ts'
import { objectionTo, type ApprovalPolicy } from './approval.ts'
import { allowed, denied, type Decision } from './decision.ts'
import { hasLoginProof, type IdentityPolicy } from './identity.ts'
import type { StampPolicy } from './request-admission.ts'
import { say } from './sentence.ts'
import { identityOf, isFields, stampGrant, withoutBefore } from './stamp.ts'

export interface GrantPolicy {
  readonly identity: IdentityPolicy & StampPolicy
  readonly grants: ApprovalPolicy
}

/** Either decided, or a verdict on a request that must be looked at first. */
export type VerdictAtAdmission =
  | { readonly decision: Decision }
  | { readonly verdict: AccessGrantAsked; readonly request: { readonly namespace: string; readonly name: string } }

const validate = validator(AccessGrantAsked, 'grant')

/** What of an AccessGrant can be decided without its request. */
export function admitGrant(review: Review, { identity }: GrantPolicy): VerdictAtAdmission {
  const result = validate(review.object)
  // Not ours to explain: the schema refuses it right after us.
  if (!result.ok) return { decision: allowed('STAMPED', 'there is no verdict to stamp') }
  if (review.operation === 'UPDATE') return { decision: keep(review.oldObject) }
  if (identity.impersonation === 'Deny' && !hasLoginProof(review.userInfo, identity)) {
    const what = say`${review.userInfo.username} gives a verdict without a login of its own, as under kubectl --as`
    return { decision: denied('E_IMPERSONATED', what) }
  }
  const { name } = result.value.spec.requestRef
  return { verdict: result.value, request: { namespace: review.namespace ?? '', name } }
}

/** Whether this verdict on this request counts; else why not, and what would. */
export function admitVerdict(
  review: Review,
  { spec }: AccessGrantAsked,
  request: AccessRequest | undefined,
  { identity, grants }: GrantPolicy,
): Decision {
  const { name, uid } = spec.requestRef
  if (!request) {
    return denied('E_GRANT_REQUEST', say`There is no request ${name} in ${review.namespace ?? ''}`)
  }
  if (uid !== undefined && uid !== request.metadata.uid) {
    return denied('E_GRANT_REQUEST', say`Request ${name} is not the one with uid ${uid}: it was made anew`)
  }
  const objection = objectionTo(spec, review.userInfo.username, request, grants)
  if (objection) return objection
  const patch = stampGrant(undefined, request.metadata.uid, identityOf(review.userInfo, identity.extraKeys))
  return allowed('STAMPED', say`${spec.verdict} request ${name}`, { patch })
}

/** The same file may be applied again, by anybody: it changes nothing. */
function keep(oldObject: unknown): Decision {
  const before = isFields(oldObject) ? oldObject['spec'] : undefined
  if (!isFields(before) || !isFields(before['requestRef']) || !isFields(before['grantedBy'])) return withoutBefore()
  const patch = stampGrant(before, '', { username: '' })
  return allowed('STAMPED', 'kept who granted', { patch })
}
