import type { Instant, Milliseconds } from '../../api/duration.ts'
import type { Eviction } from '../../api/kinds/access-record.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { ApprovalPolicy } from '../../decision/approval/approval.ts'

/** The limits that a request is judged by when the controller first looks at it. */
export interface ResolvePolicy {
  /** Of one user in one namespace. */
  readonly maxUnfinished: number
}

export interface RequestPolicy extends ApprovalPolicy, ResolvePolicy {
  /** A request that nobody decides ends after so long. */
  readonly pendingTimeoutMs: Milliseconds
  /** A finished request is kept for so long. */
  readonly retentionMs: Milliseconds
}

/** Of status.message and of a condition. */
export const maxMessage = 4_096

/** When a request is looked at: `now` is what things end by, `earliest`, which is not later, what they begin by. */
export interface Moment {
  readonly now: Instant
  readonly earliest: Instant
}

/** What a request should be, and what should be there for it. */
export interface Plan {
  readonly status: AccessRequestStatus
  /** The API server's refusal, for the message and condition Ready. */
  readonly refusal?: string
  /** Who or what is still missing, in a few words, for a table; left out: nothing is. */
  readonly awaits?: string
  /** All objects of the access; none: tear down. */
  readonly objects: readonly Manifest[]
  /** What is to be done once status and objects are written; left out: nothing. */
  readonly then?: NextStep
  /** When to look again although nothing has changed. */
  readonly wakeAt?: Instant
}

/** The one thing that follows a plan's status and objects. */
export type NextStep =
  /** The pod is created; its uid is then noted. */
  | { readonly do: 'make-pod'; readonly pod: Manifest }
  /** Its pod is missing, and none can be made yet: a former one must go first, or what it is made after must be there. */
  | { readonly do: 'await-pod' }
  /** All is there but the API server's word that the requestor may use it, or the pass. */
  | { readonly do: 'await-ready' }
  /** It is noted before the approval is written: whatever becomes of the request and of Sallyport, the pod is evicted then. */
  | { readonly do: 'note-eviction'; readonly eviction: Eviction }
  /** The access has ended, and the pod that was noted is evicted. */
  | { readonly do: 'evict' }
  /** Nobody can have been in the pod that was noted. */
  | { readonly do: 'forget-eviction' }
  /** Its time of retention is over: the request is removed. */
  | { readonly do: 'prune' }

/** That a pod is not there, or not noted, may be what a view that is behind says: to be planned again from live facts. */
export function isOnHearsay({ then }: Plan): boolean {
  return then?.do === 'make-pod' || then?.do === 'await-pod'
}
