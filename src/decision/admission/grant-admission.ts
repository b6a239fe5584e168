import type { Instant } from '../../api/duration.ts'
import type { Review } from '../../api/review/admission-review.ts'
import { AccessGrantAsked } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import { objectionTo, type ApprovalPolicy } from '../approval/approval.ts'
import { stagesOf } from '../challenge/challenge-kind.ts'
import { challengesOf } from './direct-rules.ts'
import { groupsNamed } from '../challenge/reviewer.ts'
import { allowed, denied, type Decision } from '../decision.ts'
import { objectionToLogin, type IdentityPolicy } from '../identity.ts'
import type { StampPolicy } from './request-admission.ts'
import { say } from '../text/sentence.ts'
import { standingApprovals } from '../approval/standing-approvals.ts'
import { identityOf, stampGrant, unstamped, withoutBefore } from './stamp.ts'
import { isFields } from '../../api/fields.ts'

export interface GrantPolicy {
  readonly identity: IdentityPolicy & StampPolicy
  readonly grants: ApprovalPolicy
}

/** Either a decision, or a verdict on a request that must be looked at first. */
export type VerdictAtAdmission =
  | { readonly decision: Decision }
  | { readonly verdict: AccessGrantAsked; readonly request: { readonly namespace: string; readonly name: string } }

const checkGrant = schemaCheck(AccessGrantAsked, 'grant')

/** Decides on an AccessGrant as far as it can be decided without its request. */
export function admitGrant(review: Review, { identity }: GrantPolicy): VerdictAtAdmission {
  const result = checkGrant(review.object)
  if (!result.ok) {
    // After CREATE nobody can change the grant anyway.
    const patch = review.operation === 'CREATE' ? unstamped(review.object, 'grantedBy') : []
    return { decision: allowed('STAMPED', 'the grant has no verdict to stamp', { patch }) }
  }
  if (review.operation === 'UPDATE') return { decision: keep(review.oldObject) }
  const impersonated = objectionToLogin(review.userInfo, identity, 'gives a verdict')
  if (impersonated) return { decision: impersonated }
  const { name } = result.value.spec.requestRef
  return { verdict: result.value, request: { namespace: review.namespace ?? '', name } }
}

/** The objects that a verdict is about, as they are now. */
export interface OnRequest {
  readonly request: AccessRequest | undefined
  /** The template that the request names. */
  readonly template: AnyTemplate | undefined
  /** The grants of the request that exist already. */
  readonly others: readonly AccessGrant[]
  readonly now: Instant
}

/** Admits a verdict that counts. Otherwise denies it, and says what would count. */
export function admitVerdict(
  review: Review,
  { spec }: AccessGrantAsked,
  { request, template, others, now }: OnRequest,
  { identity, grants }: GrantPolicy,
): Decision {
  const { name, uid } = spec.requestRef
  const { namespace = '' } = review
  const see = say`See those that are there:\nkubectl get areq -n ${namespace}`
  if (!request) {
    const what = say`Request ${name} does not exist in namespace ${namespace}`
    return denied('E_GRANT_REQUEST', what, see)
  }
  if (uid !== undefined && uid !== request.metadata.uid) {
    return denied('E_GRANT_REQUEST', say`Request ${name} does not have uid ${uid}: it was deleted and made again`, see)
  }
  const by = review.userInfo
  const approvals = standingApprovals(others, request, template, grants)
  const objection = objectionTo({ ...spec, by }, { request, template, already: { approvals, now } }, grants)
  if (objection) return objection
  const stages = stagesOf(challengesOf(request, template, grants.direct))
  const stamped = identityOf(by, identity.extraKeys, groupsNamed(stages))
  const patch = stampGrant(undefined, request.metadata.uid, stamped)
  return allowed('STAMPED', say`${spec.verdict} request ${name}`, { patch })
}

/** Keeps the stamps at an UPDATE. Anybody may apply the same file again, since it changes nothing. */
function keep(oldObject: unknown): Decision {
  const before = isFields(oldObject) ? oldObject['spec'] : undefined
  if (!isFields(before) || !isFields(before['requestRef']) || !isFields(before['grantedBy'])) return withoutBefore()
  const patch = stampGrant(before, '', { username: '' })
  return allowed('STAMPED', 'kept who granted', { patch })
}
