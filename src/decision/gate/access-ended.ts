import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessSnapshot, EntryAttempt } from './access-snapshot.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { ApprovalPolicy } from '../approval/approval.ts'
import { whyForbidden } from '../admission/direct-rules.ts'
import { stagesOf } from '../challenge/challenge-kind.ts'
import { countReviews, type Approval } from '../challenge/peer-review.ts'
import { requestDigest } from '../digest.ts'
import { isPodOf, type Owner } from '../pod/owner-chain.ts'
import { enteringUser, isEnteredBySallyport, outlivesItsPod, podOfAccess } from '../kinds/access-kinds.ts'
import { isFinished, isGranted } from '../phase.ts'
import { say } from '../text/sentence.ts'
import { standingApprovals } from '../approval/standing-approvals.ts'
import { leftWorkload, targetChanged, targetEnded } from '../pod/target.ts'
import { templateAmong, templateChanged } from '../template.ts'

/** A rule says in a clause why an access has ended. Undefined if it does not object. */
type EndRule = (request: AccessRequest, snapshot: AccessSnapshot, tried: EntryAttempt) => string | undefined

/** These rules hold for every request. The reason that helps the user most comes first. */
const rulesForAll: readonly EndRule[] = [ofAnotherUser, ofEarlierAccount, revoked, beingDeleted, finished]

/** These rules hold for a granted request. They come after the rules for all. */
const rulesForGranted: readonly EndRule[] = [
  expired,
  notAsApproved,
  targetReplaced,
  podLeftWorkload,
  podEnded,
  templateGoneOrChanged,
  approvalLost,
]

/** Says why this request no longer gives this user access. Undefined if it still may. */
export function whyEnded(request: AccessRequest, snapshot: AccessSnapshot, tried: EntryAttempt): string | undefined {
  const rules = isGranted(request.status) ? [...rulesForAll, ...rulesForGranted] : rulesForAll
  for (const rule of rules) {
    const why = rule(request, snapshot, tried)
    if (why !== undefined) return why
  }
  return undefined
}

/** An access is only for the user who asked for it. Only Sallyport may run a task. */
function ofAnotherUser({ spec }: AccessRequest, _: AccessSnapshot, { user }: EntryAttempt): string | undefined {
  return enteringUser(spec) === user.username ? undefined : 'it belongs to another user'
}

/** A service account that was created again under its name is another account. */
function ofEarlierAccount({ spec }: AccessRequest, _: AccessSnapshot, { user }: EntryAttempt): string | undefined {
  const uid = isEnteredBySallyport(spec) ? undefined : spec.requestor?.uid
  return uid === undefined || user.uid === undefined || uid === user.uid
    ? undefined
    : 'it belongs to an earlier account of the same name'
}

/** Somebody has set spec.revoked. */
function revoked({ spec }: AccessRequest): string | undefined {
  return spec.revoked && say`${spec.revoked.by?.username ?? 'somebody'} revoked it`
}

/** A request that waits for its finalizers no longer gives anything. */
function beingDeleted({ metadata }: AccessRequest): string | undefined {
  return metadata.deletionTimestamp === undefined ? undefined : 'the request is being deleted'
}

/** The controller has written that the request has ended. */
function finished(request: AccessRequest): string | undefined {
  return isFinished(request) ? (request.status?.message ?? 'it is finished') : undefined
}

/** The access lasts until status.expiresAt, and one without that time does not begin. */
function expired({ status }: AccessRequest, _: AccessSnapshot, { now }: EntryAttempt): string | undefined {
  return status?.expiresAt !== undefined && now < Date.parse(status.expiresAt) ? undefined : 'its time is over'
}

/** The digest covers all that was approved: the request, its target and its template. */
function notAsApproved({ metadata, spec, status }: AccessRequest): string | undefined {
  const digest = status?.target && requestDigest(metadata.uid, spec, status.target, status.template)
  return digest !== undefined && status?.digest === digest ? undefined : 'it is not what was approved'
}

/** The pod is the one that was approved, with the same image in the container. */
function targetReplaced({ status }: AccessRequest, { pod }: AccessSnapshot): string | undefined {
  return status?.target && targetChanged(status.target, pod)
}

/** The pod still belongs to its workload. Those who may edit pods can change its labels and owners at any time. */
function podLeftWorkload({ spec, status }: AccessRequest, { pod, controllers }: AccessSnapshot): string | undefined {
  const target = status?.target
  if (podOfAccess(spec) !== 'shared' || !target) return undefined
  const find = ({ uid }: OwnerReference): Owner | undefined => controllers.find(({ metadata }) => metadata.uid === uid)
  return leftWorkload(target, pod !== undefined && isPodOf(pod, target.workload?.uid ?? '', find))
}

/** The pod can still be entered, or Sallyport will replace it: a shell with `replace: OnFailure` goes on. */
function podEnded({ spec, status }: AccessRequest, { pod, templates }: AccessSnapshot): string | undefined {
  const template = templateAmong(spec, templates)
  if (!status?.target || outlivesItsPod(template)) return undefined
  return targetEnded(status.target, pod)?.why
}

/** The template still exists, as it was when the request was taken up. */
function templateGoneOrChanged({ spec, status }: AccessRequest, { templates }: AccessSnapshot): string | undefined {
  return spec.templateRef && templateChanged(spec.templateRef, status?.template, templateAmong(spec, templates))
}

/** The grants that approved the request still approve it. */
function approvalLost(
  request: AccessRequest,
  { grants, templates }: AccessSnapshot,
  { approval }: EntryAttempt,
): string | undefined {
  return whyUngranted(request, { grants, template: templateAmong(request.spec, templates) }, approval)
}

/**
 * Says why a request is no longer approved. Undefined while it is. Each grant that approved must still exist and still
 * count, and the grants must still be enough for the reviews of the template. Hours and conditions held at the
 * approval. They are not asked again.
 */
export function whyUngranted(
  request: AccessRequest,
  { grants, template }: Pick<AccessSnapshot, 'grants'> & { readonly template: AnyTemplate | undefined },
  policy: ApprovalPolicy,
): string | undefined {
  const { approvals = [] } = request.status ?? {}
  const { templateRef } = request.spec
  const forbidden = forbiddenNow(request, policy)
  if (forbidden !== undefined) return forbidden
  // A template that does not ask for approval has approved by itself.
  if (approvals.length === 0 && !templateRef) return 'nobody granted it'
  const there = approvals.flatMap(({ name }) => grants.get(name) ?? [])
  const standing = standingApprovals(there, request, template, policy)
  const lost = approvals.find(({ uid }) => !standing.some((one) => one.uid === uid))
  if (lost) return say`grant ${lost.name} of ${lost.grantedBy} was withdrawn`
  return templateRef && whyUnmet(request, template, standing)
}

/** The config bounds the time that was given. The request itself may name none. */
function forbiddenNow({ spec, status }: AccessRequest, { direct }: ApprovalPolicy): string | undefined {
  const given = status?.duration
  return whyForbidden(given === undefined ? spec : { ...spec, duration: given }, direct)
}

function whyUnmet(
  { spec: { requestor } }: AccessRequest,
  template: AnyTemplate | undefined,
  standing: readonly Approval[],
): string | undefined {
  if (!template || !requestor) return 'its template is gone'
  const { needed } = countReviews(stagesOf(template.spec.challenges ?? []), standing, requestor)
  return needed === undefined ? undefined : `it needs approval by ${needed}`
}
