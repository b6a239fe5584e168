import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import { standingApprovals } from '../../decision/approval/standing-approvals.ts'
import { wouldCountAs } from './objection.ts'
import type { Line } from '../output/lines.ts'
import type { Looked } from './look.ts'

/** Tells who has approved a request already. */
export function approvalLines({ request, template, grants }: Looked): readonly Line[] {
  // Without the template nobody can tell which approvals count.
  const isKnown = template !== undefined || !request.spec.templateRef
  const standing = standingApprovals(grants, request, template, wouldCountAs).map(({ uid }) => uid)
  return grants
    .filter(({ spec, metadata }) => spec.verdict === 'Approved' && metadata.deletionTimestamp === undefined)
    .map((grant): Line => [
      'approved',
      byWhom(grant) + (isKnown && !standing.includes(grant.metadata.uid) ? ', but it does not count' : ''),
    ])
}

function byWhom({ spec: { grantedBy, message, duration } }: AccessGrant): string {
  const says = message === undefined ? '' : ` ("${message}")`
  const shortened = duration === undefined ? '' : ` for at most ${duration}`
  return `by ${grantedBy?.username ?? 'somebody'}${shortened}${says}`
}
