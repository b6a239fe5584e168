import type { Instant, Milliseconds } from '../../api/duration.ts'
import { toMicroTime } from '../../api/micro-time.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { Eviction } from '../../api/kinds/access-record.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessRequestStatus, Phase, Workload } from '../../api/kinds/access-request-status.ts'
import type { PodTemplate } from '../../api/pod-template.ts'
import type { Pod } from '../../api/pod.ts'
import type { ApprovalPolicy } from '../../decision/approval/approval.ts'
import type { Answer } from '../../decision/challenge/judge.ts'
import { cut } from '../../api/printable.ts'
import { say } from '../../decision/text/sentence.ts'
import { templateChanged } from '../../decision/template.ts'
import { withCondition } from './conditions.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { RunningImage } from '../shell/pinned-image.ts'

/** What is known of a request when it is reconciled. */
export interface Facts {
  readonly request: AccessRequest
  /** Those whose requestRef is this request, by uid. */
  readonly grants: readonly AccessGrant[]
  /** The pod that it is about: the one it names, or while it waits for one, the one that would be chosen now. */
  readonly pod: Pod | undefined
  /** That it names. */
  readonly template: AnyTemplate | undefined
  /** Of its namespace. */
  readonly namespaceLabels: Readonly<Record<string, string>>
  /** The target of its template, where that is there. */
  readonly workload: Workload | undefined
  /** Whether the pod is one of the workload (isPodOf). */
  readonly isOfWorkload: boolean
  /** What a shell pod is made after; undefined where that is not needed, or not known yet. */
  readonly shell: ShellSource | undefined
  /** What a dry run showed of the pod that it would get; undefined where none is to be made yet. */
  readonly rehearsal: Rehearsal | undefined
  /** The pass lists the request with the grants that approved it: the gate will find it. */
  readonly listed: boolean
  /** The API server's words, where it refused that pass. */
  readonly passRefused: string | undefined
  /** The API server says that the requestor may do what was granted. */
  readonly authorized: boolean
  /** Every binding of roles is there, as it should be. */
  readonly bound: boolean
  /** As many others as a pass has room for are before it: the gate would not find it. */
  readonly crowded: boolean
  /** By the challenge's place in the template: what its expressions said. Those that are not here are still to be asked. */
  readonly answers: ReadonlyMap<number, Answer>
  /** Unfinished requests under the same template that were before this one. */
  readonly inTheWay: readonly AccessRequest[]
  /** Where nobody has looked at it yet: the unfinished requests of its user in its namespace that are before it. */
  readonly ownBefore: readonly AccessRequest[]
  /** When the one use of a `once` request was made. */
  readonly usedAt: Instant | undefined
  /** The pod that is to be evicted at its end, as it was noted before the approval. */
  readonly eviction: Eviction | undefined
}

/** What a shell pod is made after, as it is now. */
export type ShellSource =
  | { readonly ok: true; readonly template: PodTemplate; readonly running: ReadonlyMap<string, RunningImage> }
  /** `final`: only a change of a workload, or of the config, can help. */
  | { readonly ok: false; readonly problem: string; readonly final: boolean }

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
  /** All objects of the access; none: tear down. */
  readonly objects: readonly Manifest[]
  /** That a pod is not there, or not noted, may be what a view that is behind says: to be planned again from live facts. */
  readonly isOnHearsay?: boolean
  /** A pod to be created; its uid is then noted. */
  readonly makes?: Manifest
  /** All is there but the API server's word that the requestor may use it, or the pass. */
  readonly wantsRbac?: boolean
  /** To be noted before the approval is written: whatever becomes of the request and of Sallyport, the pod is evicted then. */
  readonly notes?: Eviction
  /** What becomes of the pod that was noted, now that the access has ended. */
  readonly settles?: 'evict' | 'forget'
  /** When to look again although nothing has changed. */
  readonly wakeAt?: Instant
  /** Its time of retention is over. */
  readonly prune?: true
}

/**
 * The end of a request. It is written before anything is torn down: the gate reads the request, so the access is over
 * with this one write, whatever becomes of the rest.
 */
export function finish(request: AccessRequest, phase: Phase, why: string, now: Instant): Plan {
  const message = cut(why, maxMessage)
  const conditions = withCondition(
    request.status?.conditions,
    'Ready',
    { status: 'False', reason: phase, message },
    now,
  )
  const finishedAt = toMicroTime(now)
  // A revocation is a change of spec: without this `kubectl wait` for a condition would wait for ever.
  const observedGeneration = request.metadata.generation
  return { status: { ...request.status, phase, message, conditions, observedGeneration, finishedAt }, objects: [] }
}

/** Why the access has lost what it rests on, beside its pod: its template, or the workload of that. */
export function underpinningsChanged({ request, template, workload }: Facts): string | undefined {
  const { spec, status } = request
  const changed = spec.templateRef && templateChanged(spec.templateRef, status?.template, template)
  if (changed !== undefined) return changed
  const before = status?.target?.workload
  if (!before || before.uid === workload?.uid) return undefined
  return say`${before.kind} ${before.name} ` + (workload ? 'was replaced by another of the same name' : 'is gone')
}
