import type { Instant } from '../../api/duration.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { stagesOf } from '../challenge/challenge-kind.ts'
import type { Approval } from '../challenge/peer-review.ts'
import { isSamePerson, type Person } from '../challenge/reviewer.ts'
import { objectionToNeedless } from './needless.ts'
import { objectionToReviewer } from './objection-to-reviewer.ts'
import { challengesOf, whyForbidden } from '../admission/direct-rules.ts'
import type { DirectPolicy } from '../../api/config/direct-config.ts'
import { denied, type Deny } from '../decision.ts'
import { shortDigestLength } from '../digest.ts'
import { isFinished, isGranted } from '../phase.ts'
import { say } from '../text/sentence.ts'
import { isServiceAccount } from '../subject.ts'
import { templateChanged } from '../template.ts'

export interface ApprovalPolicy {
  /** True if an approval must quote the digest of what it approves. */
  readonly requireDigest: boolean
  /** The bounds of requests without a template. */
  readonly direct: DirectPolicy
}

/** A verdict that somebody gives on a request. */
interface GivenVerdict {
  readonly verdict: AccessGrant['spec']['verdict']
  readonly digest?: string | undefined
  readonly by: Person
}

/** The objects that a verdict is about. */
export interface VerdictSubject {
  readonly request: AccessRequest
  /** The template that the request names. */
  readonly template: AnyTemplate | undefined
  /** The facts that show if nobody needs the approval: then it is refused. Left out for a grant that is stored: there it does no harm. */
  readonly already?: {
    /** The approvals that stand already. */
    readonly approvals: readonly Approval[]
    readonly now: Instant
  }
}

/** A rule denies a verdict that does not count. Undefined if it does not object. */
type VerdictRule = (verdict: GivenVerdict, on: VerdictSubject, policy: ApprovalPolicy) => Deny | undefined

/** A verdict must keep all of these rules. The denial tells the first that it breaks. */
const rules: readonly VerdictRule[] = [
  requestEnded,
  ownRequest,
  forbiddenByConfig,
  templateGone,
  needless,
  notReviewer,
  denialTooLate,
  approvalOfSomethingElse,
]

/**
 * Says why this verdict on this request does not count. Undefined if it does. This is asked three times: at admission,
 * to explain, and by the controller and the gate, which trust only their own answers.
 */
export function objectionTo(verdict: GivenVerdict, on: VerdictSubject, policy: ApprovalPolicy): Deny | undefined {
  for (const rule of rules) {
    const objection = rule(verdict, on, policy)
    if (objection) return objection
  }
  return undefined
}

/** The request has not ended. */
function requestEnded(_: GivenVerdict, { request }: VerdictSubject): Deny | undefined {
  if (!isFinished(request)) return undefined
  const phase = request.status?.phase ?? 'being deleted'
  return denied('E_GRANT_REQUEST', say`Request ${request.metadata.name} has ended (${phase})`)
}

/** The person did not make the request. */
function ownRequest({ by }: GivenVerdict, { request }: VerdictSubject): Deny | undefined {
  if (!isSamePerson(by, requestorOf(request))) return undefined
  return denied('E_GRANT_SELF', say`${by.username} made request ${request.metadata.name} and may not decide it`)
}

/** The config still takes a request without a template. */
function forbiddenByConfig(
  _: GivenVerdict,
  { request: { metadata, spec } }: VerdictSubject,
  { direct }: ApprovalPolicy,
): Deny | undefined {
  const why = whyForbidden(spec, direct)
  if (why === undefined) return undefined
  return denied('E_GRANT_REQUEST', say`Request ${metadata.name} cannot be decided any more: ` + why)
}

/** The template names the reviewers. It still exists, as it was when the request was taken up. */
function templateGone(_: GivenVerdict, on: VerdictSubject): Deny | undefined {
  const gone = withoutTemplate(on)
  if (gone === undefined) return undefined
  return denied('E_GRANT_REQUEST', say`Request ${on.request.metadata.name} cannot be decided any more: ${gone}`)
}

/** An approval is still missing. */
function needless(
  { verdict }: GivenVerdict,
  { request, template, already }: VerdictSubject,
  { direct }: ApprovalPolicy,
): Deny | undefined {
  if (verdict !== 'Approved' || !already) return undefined
  return objectionToNeedless({ request, challenges: challengesOf(request, template, direct), ...already })
}

/**
 * A reviewer of the template, or of the config, decides. If none is named, every person who may write grants decides,
 * but not a service account.
 */
function notReviewer(
  { verdict, by }: GivenVerdict,
  { request, template, already }: VerdictSubject,
  { direct }: ApprovalPolicy,
): Deny | undefined {
  const { name } = request.metadata
  const challenges = challengesOf(request, template, direct)
  if (stagesOf(challenges).length > 0) {
    const { approvals = [] } = already ?? {}
    return objectionToReviewer(by, verdict, { name, requestor: requestorOf(request), challenges, approvals })
  }
  if (!isServiceAccount(by)) return undefined
  return denied('E_GRANT_SERVICE_ACCOUNT', say`${by.username} is a service account, and may not decide requests`)
}

function requestorOf({ spec }: AccessRequest): Person {
  return spec.requestor ?? { username: '' }
}

/** Says why the reviewers of the template are not known. Undefined if it can be read. */
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
    'To end its access, delete one of its grants, or set spec.revoked:\n' +
      say`kubectl patch areq ${name} -n ${namespace} --type=merge -p '{"spec":{"revoked":{"message":"why"}}}'`,
  )
}

/**
 * The digest that an approval quotes is the request's. Without a digest it counts only if the config does not demand
 * one.
 */
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
      'Wait until it has a digest. Then look at it and approve it.',
    )
  }
  const short = status.digest.slice(0, shortDigestLength)
  const look = say`Look at the request, and quote its digest:\nkubectl get areq ${name} -n ${namespace} -o yaml`
  if (digest === undefined) {
    return denied('E_GRANT_DIGEST', say`An approval of ${name} must say what it approves in spec.digest`, look)
  }
  if (!status.digest.startsWith(digest)) {
    return denied(
      'E_GRANT_DIGEST',
      say`Request ${name} is not what you looked at: spec.digest is ${digest}, and its digest is ${short} now`,
      look,
    )
  }
  return undefined
}
