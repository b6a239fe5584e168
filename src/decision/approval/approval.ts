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

/** A verdict that somebody gives on a request. */
interface GivenVerdict {
  readonly verdict: AccessGrant['spec']['verdict']
  readonly digest?: string | undefined
  readonly by: Person
}

/** What a verdict is on. */
export interface VerdictSubject {
  readonly request: AccessRequest
  /** The one that the request names. */
  readonly template: AnyTemplate | undefined
  /** Those that stand already, where it matters whether a place is left. */
  readonly approvals?: readonly Approval[]
}

/** A rule denies a verdict that does not count; undefined where it does not object. */
type VerdictRule = (verdict: GivenVerdict, on: VerdictSubject, policy: ApprovalPolicy) => Deny | undefined

/** A verdict must hold to all of these. The first that it breaks is told. */
const rules: readonly VerdictRule[] = [
  requestEnded,
  ownRequest,
  templateGone,
  notReviewer,
  denialTooLate,
  approvalOfSomethingElse,
]

/**
 * Says why this verdict on this request does not count; undefined where it does. This is asked three times: at admission, to
 * explain, and by the controller and the gate, which trust only their own answers.
 */
export function objectionTo(verdict: GivenVerdict, on: VerdictSubject, policy: ApprovalPolicy): Deny | undefined {
  for (const rule of rules) {
    const objection = rule(verdict, on, policy)
    if (objection) return objection
  }
  return undefined
}

/** The request has not come to its end. */
function requestEnded(_: GivenVerdict, { request }: VerdictSubject): Deny | undefined {
  if (!isFinished(request)) return undefined
  const phase = request.status?.phase ?? 'being deleted'
  return denied('E_GRANT_REQUEST', say`Request ${request.metadata.name} has ended (${phase})`)
}

/** Nobody decides a request of their own. */
function ownRequest({ by }: GivenVerdict, { request }: VerdictSubject): Deny | undefined {
  if (!isSamePerson(by, requestorOf(request))) return undefined
  return denied('E_GRANT_SELF', say`${by.username} made request ${request.metadata.name} and cannot decide it`)
}

/** The template that says who reviews is there, as it was when the request was taken up. */
function templateGone(_: GivenVerdict, on: VerdictSubject): Deny | undefined {
  const gone = withoutTemplate(on)
  if (gone === undefined) return undefined
  return denied('E_GRANT_REQUEST', say`Request ${on.request.metadata.name} cannot be decided any more: ${gone}`)
}

/** A reviewer of the template decides; where none is named, every person who may write grants, but no service account. */
function notReviewer(
  { verdict, by }: GivenVerdict,
  { request, template, approvals = [] }: VerdictSubject,
): Deny | undefined {
  const { name } = request.metadata
  const challenges = template?.spec.challenges ?? []
  if (request.spec.templateRef && stagesOf(challenges).length > 0) {
    return objectionToReviewer(by, verdict, { name, requestor: requestorOf(request), challenges, approvals })
  }
  if (!isServiceAccount(by)) return undefined
  return denied('E_GRANT_SERVICE_ACCOUNT', say`${by.username} is a service account, which decides no request`)
}

function requestorOf({ spec }: AccessRequest): Person {
  return spec.requestor ?? { username: '' }
}

/** Says why nobody knows whom the template names; undefined where it can be read. */
function withoutTemplate({ request: { spec, status }, template }: VerdictSubject): string | undefined {
  const { templateRef } = spec
  if (!templateRef) return undefined
  if (status?.template) return templateChanged(templateRef, status.template, template)
  return template ? undefined : say`${templateRef.kind} ${templateRef.name} is gone`
}

/** A denial comes before the request is granted. */
function denialTooLate({ verdict }: GivenVerdict, { request: { metadata, status } }: VerdictSubject): Deny | undefined {
  if (verdict !== 'Denied' || !isGranted(status)) return undefined
  const { name, namespace } = metadata
  return denied(
    'E_GRANT_LATE',
    say`Request ${name} is approved already`,
    'To end it set spec.revoked, or delete a grant of it:\n' +
      say`kubectl patch areq ${name} -n ${namespace} --type=merge -p '{"spec":{"revoked":{"message":"why"}}}'`,
  )
}

/** An approval quotes the digest of what it approves, where it quotes one or the config demands it. */
function approvalOfSomethingElse(
  { verdict, digest }: GivenVerdict,
  { request: { metadata, status } }: VerdictSubject,
  { requireDigest }: ApprovalPolicy,
): Deny | undefined {
  if (verdict !== 'Approved' || (digest === undefined && !requireDigest)) return undefined
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
