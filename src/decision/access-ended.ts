import type { AccessGrant } from '../api/kinds/access-grant.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { AccessSnapshot, Tried } from './access-snapshot.ts'
import { objectionTo, type ApprovalPolicy } from './approval.ts'
import { requestDigest } from './digest.ts'
import { isFinished, isGranted } from './phase.ts'
import { say } from './sentence.ts'
import { targetChanged } from './target.ts'
import { templateChanged, templateKey } from './template.ts'

type Ending = (request: AccessRequest, snapshot: AccessSnapshot, tried: Tried) => string | undefined

/**
 * Why this request gives this user no access any more; undefined where it still may. In the order of what helps most.
 * Some hold of every request, the others of a granted one.
 */
export function whyEnded(request: AccessRequest, snapshot: AccessSnapshot, tried: Tried): string | undefined {
  const rules = isGranted(request.status?.phase) ? [...always, ...onceGranted] : always
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
  ({ spec, status }, { templates }) =>
    spec.templateRef &&
    templateChanged(spec.templateRef, status?.template, templates.get(templateKey(spec.templateRef))),
  (request, { grants }, { approval }) => whyUngranted(request, grants, approval),
]

/** Each grant that approved must still be there, and still be good. */
export function whyUngranted(
  request: AccessRequest,
  grants: AccessSnapshot['grants'],
  policy: ApprovalPolicy,
): string | undefined {
  const approvals = request.status?.approvals ?? []
  // A template that asks for nobody's approval is one itself.
  if (approvals.length === 0 && !request.spec.templateRef) return 'nobody granted it'
  const lost = approvals.find(({ name, uid }) => !isGood(grants.get(name), uid, request, policy))
  return lost && say`grant ${lost.name} of ${lost.grantedBy} was withdrawn`
}

function isGood(grant: AccessGrant | undefined, uid: string, request: AccessRequest, policy: ApprovalPolicy): boolean {
  if (grant?.metadata.uid !== uid || grant.metadata.deletionTimestamp !== undefined) return false
  const { requestRef, verdict, grantedBy } = grant.spec
  if (requestRef.uid !== request.metadata.uid || verdict !== 'Approved' || !grantedBy) return false
  return objectionTo(grant.spec, grantedBy.username, request, policy) === undefined
}
