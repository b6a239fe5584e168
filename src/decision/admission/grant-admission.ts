import type { Review } from '../../api/review/admission-review.ts'
import { AccessGrantAsked } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import { objectionTo, type ApprovalPolicy } from '../approval/approval.ts'
import { stagesOf } from '../challenge/challenge-kind.ts'
import { groupsNamed } from '../challenge/reviewer.ts'
import { allowed, denied, type Decision, type Deny } from '../decision.ts'
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

/** Either decided, or a verdict on a request that must be looked at first. */
export type VerdictAtAdmission =
  | { readonly decision: Decision }
  | { readonly verdict: AccessGrantAsked; readonly request: { readonly namespace: string; readonly name: string } }

const checkGrant = schemaCheck(AccessGrantAsked, 'grant')

/** What of an AccessGrant can be decided without its request. */
export function admitGrant(review: Review, { identity }: GrantPolicy): VerdictAtAdmission {
  const result = checkGrant(review.object)
  if (!result.ok) {
    // Later nothing of it can be changed anyway.
    const patch = review.operation === 'CREATE' ? unstamped(review.object, 'grantedBy') : []
    return { decision: allowed('STAMPED', 'there is no verdict to stamp', { patch }) }
  }
  if (review.operation === 'UPDATE') return { decision: keep(review.oldObject) }
  const impersonated = objectionToLogin(review.userInfo, identity, 'gives a verdict')
  if (impersonated) return { decision: impersonated }
  const { name } = result.value.spec.requestRef
  return { verdict: result.value, request: { namespace: review.namespace ?? '', name } }
}

/** What a verdict is on, as it is now. */
export interface OnRequest {
  readonly request: AccessRequest | undefined
  /** That the request names. */
  readonly template: AnyTemplate | undefined
  /** Those of the request that there are. */
  readonly others: readonly AccessGrant[]
}

/** Whether this verdict on this request counts; else why not, and what would. */
export function admitVerdict(
  review: Review,
  { spec }: AccessGrantAsked,
  { request, template, others }: OnRequest,
  { identity, grants }: GrantPolicy,
): Decision {
  const { name, uid } = spec.requestRef
  if (!request) {
    return denied('E_GRANT_REQUEST', say`There is no request ${name} in ${review.namespace ?? ''}`)
  }
  if (uid !== undefined && uid !== request.metadata.uid) {
    return denied('E_GRANT_REQUEST', say`Request ${name} is not the one with uid ${uid}: it was made anew`)
  }
  const by = review.userInfo
  const approvals = standingApprovals(others, request, template, grants)
  const objection =
    objectionTo({ ...spec, by }, { request, template, approvals }, grants) ?? needless(spec.verdict, request, template)
  if (objection) return objection
  const stages = stagesOf(template?.spec.challenges ?? [])
  const stamped = identityOf(by, identity.extraKeys, groupsNamed(stages))
  const patch = stampGrant(undefined, request.metadata.uid, stamped)
  return allowed('STAMPED', say`${spec.verdict} request ${name}`, { patch })
}

/** Under a template without reviewers an approval would decide nothing. */
function needless(
  verdict: AccessGrantAsked['spec']['verdict'],
  { metadata, spec: { templateRef } }: AccessRequest,
  template: AnyTemplate | undefined,
): Deny | undefined {
  if (!templateRef || verdict !== 'Approved' || stagesOf(template?.spec.challenges ?? []).length > 0) return undefined
  const whose = say`${templateRef.kind} ${templateRef.name}`
  return denied(
    'E_GRANT_REVIEWER',
    say`Request ${metadata.name} needs nobody's approval: ${whose} asks for none`,
    'Its status says what it waits for, if it does.',
  )
}

/** The same file may be applied again, by anybody: it changes nothing. */
function keep(oldObject: unknown): Decision {
  const before = isFields(oldObject) ? oldObject['spec'] : undefined
  if (!isFields(before) || !isFields(before['requestRef']) || !isFields(before['grantedBy'])) return withoutBefore()
  const patch = stampGrant(before, '', { username: '' })
  return allowed('STAMPED', 'kept who granted', { patch })
}
