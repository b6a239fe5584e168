import type { AccessGrant } from '../api/kinds/access-grant.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import { denied, type Deny } from './decision.ts'
import { shortDigestLength } from './digest.ts'
import { isFinished, isGranted } from './phase.ts'
import { say } from './sentence.ts'

export interface ApprovalPolicy {
  /** Whether an approval must quote the digest of what it approves. */
  readonly requireDigest: boolean
}

type Verdict = Pick<AccessGrant['spec'], 'verdict' | 'digest'>

/**
 * Why this verdict on this request does not count; undefined where it does. Asked twice: at admission, to explain, and
 * by the controller, which trusts nothing else.
 * @param approver username of who gives it
 */
export function objectionTo(
  verdict: Verdict,
  approver: string,
  request: AccessRequest,
  policy: ApprovalPolicy,
): Deny | undefined {
  const { name } = request.metadata
  if (isFinished(request)) {
    return denied('E_GRANT_REQUEST', say`Request ${name} has ended (${request.status?.phase ?? 'being deleted'})`)
  }
  if (approver === request.spec.requestor?.username) {
    return denied('E_GRANT_SELF', say`${approver} made request ${name} and cannot decide it`)
  }
  if (approver.startsWith('system:serviceaccount:')) {
    return denied('E_GRANT_SERVICE_ACCOUNT', say`${approver} is a service account, which decides no request`)
  }
  return verdict.verdict === 'Approved' ? objectionToApproval(verdict, request, policy) : objectionToDenial(request)
}

function objectionToDenial({ metadata, status }: AccessRequest): Deny | undefined {
  if (!isGranted(status?.phase)) return undefined
  const { name, namespace } = metadata
  return denied(
    'E_GRANT_LATE',
    say`Request ${name} is approved already`,
    'To end it set spec.revoked, or delete a grant of it:\n' +
      say`kubectl patch areq ${name} -n ${namespace} --type=merge -p '{"spec":{"revoked":{"message":"why"}}}'`,
  )
}

function objectionToApproval(
  { digest }: Verdict,
  { metadata, status }: AccessRequest,
  { requireDigest }: ApprovalPolicy,
): Deny | undefined {
  if (digest === undefined && !requireDigest) return undefined
  const { name, namespace } = metadata
  if (status?.digest === undefined) {
    return denied(
      'E_GRANT_DIGEST',
      say`Request ${name} has no digest yet: ${status?.message ?? 'its pod is being looked up'}`,
      'Wait until it has one, look at it, and grant that.',
    )
  }
  const short = status.digest.slice(0, shortDigestLength)
  const look = say`Look at it again and quote its digest, now ${short}: kubectl get areq ${name} -n ${namespace} -o yaml`
  if (digest === undefined) {
    return denied('E_GRANT_DIGEST', say`An approval of ${name} must say what it approves in spec.digest`, look)
  }
  if (!status.digest.startsWith(digest)) {
    return denied(
      'E_GRANT_DIGEST',
      say`spec.digest is ${digest}, and not how the digest of ${name} begins: it is another request, or another pod, than was looked at`,
      look,
    )
  }
  return undefined
}
