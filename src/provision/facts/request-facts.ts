import type { Instant } from '../../api/duration.ts'
import type { Eviction } from '../../api/kinds/access-record.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { UsedWorkload } from '../../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { PodTemplate } from '../../api/pod-template.ts'
import type { Pod } from '../../api/pod.ts'
import type { Answer } from '../../decision/challenge/judge.ts'
import type { RunningImage } from '../shell/pinned-image.ts'
import type { Rehearsal } from './rehearsal.ts'

/** Every state of a request looks at it, and at its template. */
export interface RequestFacts {
  readonly request: AccessRequest
  /** That it names. */
  readonly template: AnyTemplate | undefined
}

/** The pod that a request is about, and the workload that the pod should be of. */
export interface PodFacts {
  /** The one it names, or while it waits for one, the one that would be chosen now. */
  readonly pod: Pod | undefined
  /** The target of its template, where that is there. */
  readonly workload: UsedWorkload | undefined
  /** Whether the pod is one of the workload (isPodOf). */
  readonly isOfWorkload: boolean
}

/** The grants whose requestRef is the request, by uid. */
export interface GrantFacts {
  readonly grants: readonly AccessGrant[]
}

/** A pod of its own is made after this. */
export interface SourceFacts {
  /** Undefined where that is not needed, or not known yet. */
  readonly shell: ShellSource | undefined
}

/** The requests beside it, which may leave it no room. */
export interface OtherRequests {
  /** As many others as a pass has room for are before it: the gate would not find it. */
  readonly crowded: boolean
  /** Unfinished requests under the same template that were before this one. */
  readonly inTheWay: readonly AccessRequest[]
  /** Where nobody has looked at it yet: the unfinished requests of its user in its namespace that are before it. */
  readonly ownBefore: readonly AccessRequest[]
}

/** A request that is not taken up yet is judged by these. */
export interface ResolveFacts extends RequestFacts, PodFacts, SourceFacts, OtherRequests {
  /** Of its namespace. */
  readonly namespaceLabels: Readonly<Record<string, string>>
  /** What a dry run showed of the pod that it would get; undefined where none is to be made yet. */
  readonly rehearsal: Rehearsal | undefined
}

/** The pod that is to be evicted at its end, as it was noted before the approval. */
export interface EvictionFacts {
  readonly eviction: Eviction | undefined
}

/** A request that was taken up is decided by these. */
export interface DecisionFacts extends RequestFacts, PodFacts, GrantFacts, EvictionFacts {
  /** By the challenge's place in the template: what its expressions said. Those that are not here are still to be asked. */
  readonly answers: ReadonlyMap<number, Answer>
}

/** Whether the gate would find a request. */
export interface PassFacts {
  /** The pass lists the request with the grants that approved it: the gate will find it. */
  readonly listed: boolean
  /** The API server's words, where it refused that pass. */
  readonly passRefused: string | undefined
}

/** A granted request is provided for, and ended, by these. */
export interface GrantedFacts extends RequestFacts, PodFacts, GrantFacts, SourceFacts, Pick<PassFacts, 'listed'> {
  /** The API server says that the requestor may do what was granted. */
  readonly authorized: boolean
  /** Every binding of roles is there, as it should be. */
  readonly bound: boolean
  /** When the one use of a `once` request was made. */
  readonly usedAt: Instant | undefined
}

/** All that is known of a request when it is reconciled. Each state is handed its part. */
export interface Facts extends ResolveFacts, DecisionFacts, GrantedFacts, PassFacts {}

/** What a shell pod is made after, as it is now. */
export type ShellSource =
  | { readonly ok: true; readonly template: PodTemplate; readonly running: ReadonlyMap<string, RunningImage> }
  /** `final`: only a change of a workload, or of the config, can help. */
  | { readonly ok: false; readonly problem: string; readonly final: boolean }
