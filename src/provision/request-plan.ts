import type { Instant, Milliseconds } from '../api/duration.ts'
import { toMicroTime } from '../api/micro-time.ts'
import type { AccessGrant } from '../api/kinds/access-grant.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { AccessRequestStatus, Phase } from '../api/kinds/access-request-status.ts'
import type { Pod } from '../api/pod.ts'
import type { ApprovalPolicy } from '../decision/approval.ts'
import { withCondition } from './conditions.ts'
import type { Manifest } from './manifest.ts'

/** What is known of a request when it is reconciled. */
export interface Facts {
  readonly request: AccessRequest
  /** Those whose requestRef is this request, by uid. */
  readonly grants: readonly AccessGrant[]
  readonly pod: Pod | undefined
  /** The pass lists the request with the grants that approved it: the gate will find it. */
  readonly listed: boolean
  /** The API server says that the requestor may do what was granted. */
  readonly authorized: boolean
  /** As many others as a pass has room for are before it: the gate would not find it. */
  readonly crowded: boolean
  /** When the one use of a `once` request was made. */
  readonly usedAt: Instant | undefined
}

export interface RequestPolicy extends ApprovalPolicy {
  /** A request that nobody decides ends after so long. */
  readonly pendingTimeoutMs: Milliseconds
  /** A finished request is kept for so long. */
  readonly retentionMs: Milliseconds
}

/** When a request is looked at: `now` is what things end by, `earliest`, which is not later, what they begin by. */
export interface Moment {
  readonly now: Instant
  readonly earliest: Instant
}

/** What a request should be, and what should be there for it. */
export interface Plan {
  readonly status: AccessRequestStatus
  /** All objects of the access; none: tear down. */
  readonly objects: readonly Manifest[]
  /** When to look again although nothing has changed. */
  readonly wakeAt?: Instant
  /** Its time of retention is over. */
  readonly prune?: true
}

/**
 * The end of a request. It is written before anything is torn down: the gate reads the request, so the access is over
 * with this one write, whatever becomes of the rest.
 */
export function finish(request: AccessRequest, phase: Phase, message: string, now: Instant): Plan {
  const conditions = withCondition(
    request.status?.conditions,
    'Ready',
    { status: 'False', reason: phase, message },
    now,
  )
  const finishedAt = toMicroTime(now)
  return { status: { ...request.status, phase, message, conditions, finishedAt }, objects: [] }
}
