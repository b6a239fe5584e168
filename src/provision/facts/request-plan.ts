import type { DirectPolicy } from '../../api/config/direct-config.ts'
import type { Instant, Milliseconds } from '../../api/duration.ts'
import type { Eviction, Undo } from '../../api/kinds/access-record.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { ApprovalPolicy } from '../../decision/approval/approval.ts'
import type { TaskContainer } from '../../decision/kinds/task/task-container.ts'

/** The limits that a request is judged by when the controller first looks at it. */
export interface ResolvePolicy {
  /** The largest number of unfinished requests of one user in one namespace. */
  readonly maxUnfinished: number
  /** The bounds of requests without a template. */
  readonly direct: DirectPolicy
}

export interface RequestPolicy extends ApprovalPolicy, ResolvePolicy {
  /** A request that nobody decides ends after this time. */
  readonly pendingTimeoutMs: Milliseconds
  /** A finished request is kept for this time. */
  readonly retentionMs: Milliseconds
}

/** The longest status.message, and the longest message of a condition, in characters. */
export const maxMessage = 4_096

/**
 * The time at which a request is looked at. Things end by `now`. They begin by `earliest`, which is never later than
 * `now`.
 */
export interface Moment {
  readonly now: Instant
  readonly earliest: Instant
}

/** The status that a request should have, and the objects that should exist for it. */
export interface Plan {
  readonly status: AccessRequestStatus
  /** The person who brings about the phase of this plan. Left out if Sallyport or time does. */
  readonly by?: Identity | undefined
  /** The people whose approval a new request needs, in words, for the audit. Left out if nobody must approve it. */
  readonly approvers?: string | undefined
  /** The API server's refusal, for the message and condition Ready. */
  readonly refusal?: string
  /** The people or things that are still missing, in a few words, for a table. Left out if nothing is. */
  readonly awaits?: string
  /** All objects of the access. If there are none, the access is torn down. */
  readonly objects: readonly Manifest[]
  /** The step that follows once status and objects are written. If it is left out, nothing follows. */
  readonly then?: NextStep
  /** The time at which the request is looked at again although nothing has changed. */
  readonly wakeAt?: Instant
}

/** The one step that follows a plan's status and objects. */
export type NextStep =
  /** The pod is created; its uid is then noted. */
  | { readonly do: 'make-pod'; readonly pod: Manifest }
  /** The pod is missing and cannot be made yet. A former pod must go first, or the pod's source must exist. */
  | { readonly do: 'await-pod' }
  /** All exists except the pass, or the API server's word that the requestor may use it. */
  | { readonly do: 'await-ready' }
  /**
   * The eviction is noted before the approval is written. So the pod is evicted at the end, whatever happens to the
   * request and to Sallyport.
   */
  | { readonly do: 'note-eviction'; readonly eviction: Eviction }
  /** The task of the access is begun or undone, or its end is noted. */
  | { readonly do: 'task'; readonly step: TaskStep }
  /** The access has ended, and the noted pod is evicted. */
  | { readonly do: 'evict' }
  /** Nobody can have been in the noted pod, so its eviction is not needed. */
  | { readonly do: 'forget-eviction' }
  /** Its time of retention is over: the request is removed. */
  | { readonly do: 'prune' }

/** A step of a task that Sallyport runs in a pod. */
export type TaskStep =
  /** The undo is noted before the task begins, so that it follows whatever happens. */
  | { readonly is: 'note-undo'; readonly undo: Undo }
  /** The access has ended, and its task is undone. `isLate`: no call that adds the task can be under way. */
  | { readonly is: 'undo'; readonly isLate: boolean }
  /** The container that runs the task is added to the pod. */
  | { readonly is: 'begin'; readonly container: TaskContainer }
  /** The task has ended: its output is read, and the result is noted. */
  | { readonly is: 'note'; readonly exitCode: number }

/**
 * True if a plan rests on a pod that is missing or not noted. A view that is behind may say so, so the plan must be
 * made again from live facts.
 */
export function isOnHearsay({ then }: Plan): boolean {
  return then?.do === 'make-pod' || then?.do === 'await-pod'
}
