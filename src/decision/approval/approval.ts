import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { stagesOf } from '../challenge/challenge-kind.ts'
import type { Approval } from '../challenge/peer-review.ts'
import { isSamePerson, type Person } from '../challenge/reviewer.ts'
import { objectionToReviewer } from './objection-to-reviewer.ts'
import { denied, type Deny } from '../decision.ts'
import { shortDigestLength } from '../digest.ts'
import { isFinished, isGranted } from '../phase.ts'
import { say } from '../text/sentence.ts'
import { isServiceAccount } from '../subject.ts'
import { templateChanged } from '../template.ts'

export interface ApprovalPolicy {
  /** Whether an approval must quote the digest of what it approves. */
  readonly requireDigest: boolean
}

/** What somebody says of a request. */
interface Verdict {
  readonly verdict: AccessGrant['spec']['verdict']
  readonly digest?: string | undefined
  readonly by: Person
}

/** What a verdict is on. */
export interface Judged {
  readonly request: AccessRequest
  /** The one that the request names. */
  readonly template: AnyTemplate | undefined
  /** Those that stand already, where it matters whether a place is left. */
  readonly approvals?: readonly Approval[]
}

/**
 * Why this verdict on this request does not count; undefined where it does. Asked three times: at admission, to explain, and
 * by the controller and the gate, which trust nothing else.
 */
export function objectionTo(verdict: Verdict, on: Judged, policy: ApprovalPolicy): Deny | undefined {
  const { request } = on
  if (isFinished(request)) {
    const phase = request.status?.phase ?? 'being deleted'
    return denied('E_GRANT_REQUEST', say`Request ${request.metadata.name} has ended (${phase})`)
  }
  return (
    objectionToPerson(verdict, on) ??
    (verdict.verdict === 'Approved' ? objectionToApproval(verdict, request, policy) : objectionToDenial(request))
  )
}

function objectionToPerson({ verdict, by }: Verdict, on: Judged): Deny | undefined {
  const { request, template, approvals = [] } = on
  const { name } = request.metadata
  const { requestor = { username: '' } } = request.spec
  if (isSamePerson(by, requestor)) {
    return denied('E_GRANT_SELF', say`${by.username} made request ${name} and cannot decide it`)
  }
  const gone = withoutTemplate(on)
  if (gone !== undefined) return denied('E_GRANT_REQUEST', say`Request ${name} cannot be decided any more: ${gone}`)
  const challenges = template?.spec.challenges ?? []
  if (request.spec.templateRef && stagesOf(challenges).length > 0) {
    return objectionToReviewer(by, verdict, { name, requestor, challenges, approvals })
  }
  if (!isServiceAccount(by)) return undefined
  return denied('E_GRANT_SERVICE_ACCOUNT', say`${by.username} is a service account, which decides no request`)
}

/** Whom a template names that is not there, nobody knows. */
function withoutTemplate({ request: { spec, status }, template }: Judged): string | undefined {
  const { templateRef } = spec
  if (!templateRef) return undefined
  if (status?.template) return templateChanged(templateRef, status.template, template)
  return template ? undefined : say`${templateRef.kind} ${templateRef.name} is gone`
}

function objectionToDenial({ metadata, status }: AccessRequest): Deny | undefined {
  if (!isGranted(status)) return undefined
  const { name, namespace } = metadata
  return denied(
    'E_GRANT_LATE',
    say`Request ${name} is approved already`,
    'To end it set spec.revoked, or delete a grant of it:\n' +
      say`kubectl patch areq ${name} -n ${namespace} --type=merge -p '{"spec":{"revoked":{"message":"why"}}}'`,
  )
}

function objectionToApproval(
  { digest }: Pick<Verdict, 'digest'>,
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
