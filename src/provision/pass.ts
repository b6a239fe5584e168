import { accessPassKind, maxPassRequests, type AccessPass, type AccessPassDraft } from '../api/kinds/access-pass.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import { isFinished } from '../decision/phase.ts'

function isToBeListed(request: AccessRequest): boolean {
  return !isFinished(request) && request.status?.target !== undefined
}

/** The unfinished requests that a pass lists: those whose target is known, the oldest first, and no more than fit. */
function listedRequests(requests: readonly AccessRequest[]): readonly AccessRequest[] {
  return requests
    .filter(isToBeListed)
    .toSorted((a, b) => ageOrder(a).localeCompare(ageOrder(b)))
    .slice(0, maxPassRequests)
}

/** What a pass should be; undefined where there is nothing to list. */
export function passFor(
  where: { readonly namespace: string; readonly name: string },
  requests: readonly AccessRequest[],
): AccessPassDraft | undefined {
  const listed = listedRequests(requests)
  const [first] = listed
  if (!first?.spec.requestor || !first.status?.target) return undefined
  return {
    apiVersion: accessPassKind.apiVersion,
    kind: accessPassKind.kind,
    metadata: where,
    spec: { username: first.spec.requestor.username, pod: first.status.target.pod, requests: listed.map(entryOf) },
  }
}

/**
 * Whether so many others of the same user and pod are listed that a new one has no place.
 * @param requests one of them may be there twice
 */
export function isCrowded(requests: readonly AccessRequest[], { metadata }: AccessRequest): boolean {
  const uids = new Set(requests.filter(isToBeListed).map((one) => one.metadata.uid))
  uids.delete(metadata.uid)
  return uids.size >= maxPassRequests
}

/** Whether the pass has this request, with the grants that approved it: only then the gate will find both. */
export function isListed(pass: AccessPass | undefined, request: AccessRequest): boolean {
  const entry = pass?.spec.requests.find(({ uid }) => uid === request.metadata.uid)
  const approvals = request.status?.approvals ?? []
  return entry !== undefined && approvals.every(({ uid }) => entry.grants.some((grant) => grant.uid === uid))
}

function entryOf({ metadata, spec, status }: AccessRequest): AccessPass['spec']['requests'][number] {
  return {
    name: metadata.name,
    uid: metadata.uid,
    podUID: status?.target?.podUID ?? '',
    grants: (status?.approvals ?? []).map(({ name, uid }) => ({ name, uid })),
    ...(spec.templateRef && status?.template && { template: { ...spec.templateRef, ...status.template } }),
  }
}

function ageOrder({ metadata }: AccessRequest): string {
  return `${metadata.creationTimestamp} ${metadata.name}`
}
