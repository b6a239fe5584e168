import type { Instant } from '../../api/duration.ts'
import type { Eviction, Undo } from '../../api/kinds/access-record.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { UsedWorkload } from '../../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { PodTemplate } from '../../api/pod-template.ts'
import type { Pod } from '../../api/pod.ts'
import type { Membership } from '../../decision/pod/owner-chain.ts'
import type { Answer } from '../../decision/challenge/judge.ts'
import type { RunningImage } from '../shell/pinned-image.ts'
import type { Rehearsal } from './rehearsal.ts'

/** The facts that every state of a request needs. */
export interface RequestFacts {
  readonly request: AccessRequest
  /** The template that the request names. */
  readonly template: AnyTemplate | undefined
  /**
   * The owner of objects that the request cannot own, such as bindings in other namespaces. Undefined if none are to be
   * made, or Sallyport is being uninstalled.
   */
  readonly owner?: OwnerReference | undefined
}

/** The pod that a request is about, the workload to which that pod should belong, and how the two are related. */
export interface PodFacts extends Membership {
  /** The pod that the request names. While the request waits for a pod, this is the pod that would be chosen now. */
  readonly pod: Pod | undefined
  /** The target of the request's template, if that workload exists. */
  readonly workload: UsedWorkload | undefined
}

/** The grants whose requestRef is this request, by uid. */
export interface GrantFacts {
  readonly grants: readonly AccessGrant[]
}

/** The facts from which a pod of the request's own is made. */
export interface SourceFacts {
  /** The pod template. Undefined if it is not needed, or not known yet. */
  readonly shell: ShellSource | undefined
}

/** The other requests, which may leave no room for this one. */
export interface OtherRequests {
  /** True if the requests before this one fill the pass. Then the gate would not find this one. */
  readonly crowded: boolean
  /** The unfinished requests under the same template that come before this one. */
  readonly inTheWay: readonly AccessRequest[]
  /**
   * The unfinished requests of the same user and namespace that come before this one. Empty once the controller has
   * looked at this one.
   */
  readonly ownBefore: readonly AccessRequest[]
}

/** The facts that decide on a request that is not taken up yet. */
export interface ResolveFacts extends RequestFacts, PodFacts, SourceFacts, OtherRequests {
  /** The labels of the request's namespace. */
  readonly namespaceLabels: Readonly<Record<string, string>>
  /** The result of the dry run of the request's pod or task. Undefined if none is to be made yet. */
  readonly rehearsal: Rehearsal | undefined
}

/** The eviction that follows the end of a request, as it was noted before the approval. */
export interface EvictionFacts {
  readonly eviction: Eviction | undefined
}

/** The undo that follows the end of a request, as it was noted before its task began. */
export interface UndoFacts {
  readonly undo: Undo | undefined
}

/** The facts that decide on a request that was taken up. */
export interface DecisionFacts extends RequestFacts, PodFacts, GrantFacts, EvictionFacts {
  /**
   * The answers to challenges, by the challenge's place in the template. A challenge that is missing here is still to
   * be asked.
   */
  readonly answers: ReadonlyMap<number, Answer>
}

/** The facts about the request's pass: without it the gate does not find the request. */
export interface PassFacts {
  /** True if the pass lists the request and the grants that approved it. Then the gate will find it. */
  readonly listed: boolean
  /** The API server's words if it refused that pass. */
  readonly passRefused: string | undefined
}

/** The facts that decide how a granted request is provided and ended. */
export interface GrantedFacts
  extends RequestFacts, PodFacts, GrantFacts, SourceFacts, UndoFacts, Pick<PassFacts, 'listed'> {
  /** True if the API server says that the requestor may do what was granted. */
  readonly authorized: boolean
  /** True if every binding of roles exists as it should be. */
  readonly bound: boolean
  /** The time at which the one use of a `once` request was made. */
  readonly usedAt: Instant | undefined
}

/** All facts about a request when it is reconciled. Each state gets its part. */
export interface Facts extends ResolveFacts, DecisionFacts, GrantedFacts, PassFacts {}

/** The pod template from which a shell pod is made, as it is now. */
export type ShellSource =
  | { readonly ok: true; readonly template: PodTemplate; readonly running: ReadonlyMap<string, RunningImage> }
  /** `final`: only a change of a workload, or of the config, can help. */
  | { readonly ok: false; readonly problem: string; readonly final: boolean }
