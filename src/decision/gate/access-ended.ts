import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import type { AccessSnapshot, Tried } from './access-snapshot.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { ApprovalPolicy } from '../approval/approval.ts'
import { stagesOf } from '../challenge/challenge-kind.ts'
import { countReviews, type Approval } from '../challenge/peer-review.ts'
import { requestDigest } from '../digest.ts'
import { isPodOf, type Owner } from '../pod/owner-chain.ts'
import { isFinished, isGranted } from '../phase.ts'
import { say } from '../text/sentence.ts'
import { standingApprovals } from '../approval/standing-approvals.ts'
import { leftWorkload, targetChanged, targetEnded } from '../pod/target.ts'
import { templateAmong, templateChanged } from '../template.ts'

type Ending = (request: AccessRequest, snapshot: AccessSnapshot, tried: Tried) => string | undefined

/**
 * Why this request gives this user no access any more; undefined where it still may. In the order of what helps most.
 * Some hold of every request, the others of a granted one.
 */
export function whyEnded(request: AccessRequest, snapshot: AccessSnapshot, tried: Tried): string | undefined {
  const rules = isGranted(request.status) ? [...always, ...onceGranted] : always
  for (const rule of rules) {
    const why = rule(request, snapshot, tried)
    if (why !== undefined) return why
  }
  return undefined
}

const always: readonly Ending[] = [
  ({ spec }, _snapshot, { user }) => (spec.requestor?.username === user.username ? undefined : 'it is somebody else’s'),
  // A service account re-created under its name is another one.
  ({ spec }, _snapshot, { user }) =>
    spec.requestor?.uid === undefined || user.uid === undefined || spec.requestor.uid === user.uid
      ? undefined
      : 'it is a namesake’s',
  ({ spec }) => spec.revoked && say`${spec.revoked.by?.username ?? 'somebody'} revoked it`,
  ({ metadata }) => (metadata.deletionTimestamp === undefined ? undefined : 'the request is being deleted'),
  (request) => (isFinished(request) ? (request.status?.message ?? 'it is finished') : undefined),
]

const onceGranted: readonly Ending[] = [
  ({ status }, _snapshot, { now }) =>
    status?.expiresAt !== undefined && now < Date.parse(status.expiresAt) ? undefined : 'its time is over',
  ({ metadata, spec, status }) =>
    status?.target && status.digest === requestDigest(metadata.uid, spec, status.target, status.template)
      ? undefined
      : 'it is not what was approved',
  ({ status }, { pod }) => status?.target && targetChanged(status.target, pod),
  ({ spec, status }, snapshot) => (spec.shell || !status?.target ? undefined : whyNoMember(status.target, snapshot)),
  ({ spec, status }, { pod, templates }) => {
    const template = templateAmong(spec, templates)
    // A shell that is replaced goes on.
    if (!status?.target || template?.spec.access.shell?.replace === 'OnFailure') return undefined
    return targetEnded(status.target, pod)?.why
  },
  ({ spec, status }, { templates }) =>
    spec.templateRef && templateChanged(spec.templateRef, status?.template, templateAmong(spec, templates)),
  (request, { grants, templates }, { approval }) =>
    whyUngranted(request, { grants, template: templateAmong(request.spec, templates) }, approval),
]

/** Labels and owners of a pod can be changed at any time, by those who may edit pods. */
function whyNoMember(target: Target, { pod, controllers }: AccessSnapshot): string | undefined {
  const find = ({ uid }: OwnerReference): Owner | undefined => controllers.find(({ metadata }) => metadata.uid === uid)
  return leftWorkload(target, pod !== undefined && isPodOf(pod, target.workload?.uid ?? '', find))
}

/**
 * Each grant that approved must still be there, and still be good; and where the template has reviewers, there must be as many as
 * it asks for. Hours and conditions are of the approval, and are not asked again.
 */
export function whyUngranted(
  request: AccessRequest,
  { grants, template }: Pick<AccessSnapshot, 'grants'> & { readonly template: AnyTemplate | undefined },
  policy: ApprovalPolicy,
): string | undefined {
  const { approvals = [] } = request.status ?? {}
  const { templateRef } = request.spec
  // A template that asks for nobody's approval is one itself.
  if (approvals.length === 0 && !templateRef) return 'nobody granted it'
  const there = approvals.flatMap(({ name }) => grants.get(name) ?? [])
  const standing = standingApprovals(there, request, template, policy)
  const lost = approvals.find(({ uid }) => !standing.some((one) => one.uid === uid))
  if (lost) return say`grant ${lost.name} of ${lost.grantedBy} was withdrawn`
  return templateRef && whyUnmet(request, template, standing)
}

function whyUnmet(
  { spec: { requestor } }: AccessRequest,
  template: AnyTemplate | undefined,
  standing: readonly Approval[],
): string | undefined {
  if (!template || !requestor) return 'its template is gone'
  const { needed } = countReviews(stagesOf(template.spec.challenges ?? []), standing, requestor)
  return needed === undefined ? undefined : `it needs ${needed}`
}
