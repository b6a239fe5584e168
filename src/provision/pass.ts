import { accessPassKind, maxPassRequests, type AccessPass, type AccessPassDraft } from '../api/kinds/access-pass.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Instant, Milliseconds } from '../api/duration.ts'
import { fromMicroTime } from '../api/micro-time.ts'
import { enteringUser } from '../decision/kinds/access-kinds.ts'
import { isFinished } from '../decision/phase.ts'

function isToBeListed(request: AccessRequest): boolean {
  return !isFinished(request) && request.status?.target !== undefined
}

/**
 * Returns the requests that a pass lists: unfinished ones with a known target, the oldest first, and at most as many as
 * fit.
 */
function listedRequests(requests: readonly AccessRequest[]): readonly AccessRequest[] {
  return requests
    .filter(isToBeListed)
    .toSorted((a, b) => ageOrder(a).localeCompare(ageOrder(b)))
    .slice(0, maxPassRequests)
}

/** A denial tells for this long after its end how an access ended. */
const endedHintMs: Milliseconds = 3_600_000

/**
 * Returns the pass as it should be. Undefined if there is nothing to list.
 * @param requests all of one user and pod that a pass may be about, finished ones, too
 */
export function passFor(
  where: { readonly namespace: string; readonly name: string },
  requests: readonly AccessRequest[],
  now: Instant,
): AccessPassDraft | undefined {
  const listed = listedRequests(requests)
  const last = lastEnded(requests, now)
  const { spec, status } = listed[0] ?? last ?? {}
  const username = spec && enteringUser(spec)
  if (username === undefined || !status?.target) return undefined
  return {
    apiVersion: accessPassKind.apiVersion,
    kind: accessPassKind.kind,
    metadata: where,
    spec: {
      username,
      pod: status.target.pod,
      requests: listed.map(entryOf),
      ...(last && { ended: endedEntry(last) }),
    },
  }
}

function endedEntry({ metadata: { name, uid }, status }: AccessRequest): NonNullable<AccessPass['spec']['ended']> {
  return { name, uid, at: status?.finishedAt ?? '' }
}

/** The request that ended last, if that is less than an hour ago. One that is being deleted is told of no more. */
function lastEnded(requests: readonly AccessRequest[], now: Instant): AccessRequest | undefined {
  return requests
    .filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.target !== undefined)
    .filter((request) => isFinished(request) && endOf(request) > now - endedHintMs)
    .toSorted((a, b) => endOf(b) - endOf(a))[0]
}

function endOf({ status }: AccessRequest): Instant {
  return fromMicroTime(status?.finishedAt ?? '') ?? -Infinity
}

/** When a pass is to be looked at although nothing has changed: its hint is then an hour old. */
export function hintEnds(pass: Pick<AccessPass, 'spec'>): Instant | undefined {
  const at = fromMicroTime(pass.spec.ended?.at ?? '')
  return at === undefined ? undefined : at + endedHintMs
}

/**
 * True if the pass of the same user and pod has no place for a new request.
 * @param requests may hold one of them twice
 */
export function isCrowded(requests: readonly AccessRequest[], { metadata }: AccessRequest): boolean {
  const uids = new Set(requests.filter(isToBeListed).map((one) => one.metadata.uid))
  uids.delete(metadata.uid)
  return uids.size >= maxPassRequests
}

/** True if the pass lists this request and the grants that approved it. Only then does the gate find both. */
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
