import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { objectionTo, type ApprovalPolicy } from './approval.ts'
import type { Approval } from '../challenge/peer-review.ts'

/** True if a grant is a verdict on exactly this request, and counts. It does not matter who stored it. */
export function isGood(
  grant: AccessGrant,
  request: AccessRequest,
  template: AnyTemplate | undefined,
  policy: ApprovalPolicy,
): boolean {
  const { metadata, spec } = grant
  if (metadata.deletionTimestamp !== undefined || spec.requestRef.uid !== request.metadata.uid) return false
  if (!spec.grantedBy) return false
  const { verdict, digest, grantedBy } = spec
  return objectionTo({ verdict, digest, by: grantedBy }, { request, template }, policy) === undefined
}

/** The approvals among these grants that count. */
export function standingApprovals(
  grants: readonly AccessGrant[],
  request: AccessRequest,
  template: AnyTemplate | undefined,
  policy: ApprovalPolicy,
): readonly Approval[] {
  return grants
    .filter((grant) => grant.spec.verdict === 'Approved' && isGood(grant, request, template, policy))
    .flatMap(({ metadata: { name, uid, creationTimestamp: at }, spec: { grantedBy: by } }) =>
      by ? [{ name, uid, at, by }] : [],
    )
}
