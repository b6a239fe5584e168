import type { Instant, Milliseconds } from '../api/duration.ts'
import type { AccessName } from '../api/accesses.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { AccessRequestSpec } from '../api/kinds/access-request-spec.ts'
import type { AccessRequestStatus, Target } from '../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import type { ShellAccess } from '../api/kinds/access/shell-access.ts'
import type { TaskResult } from '../api/kinds/access/task-result.ts'
import type { Manifest } from '../api/manifest.ts'
import type { Pod } from '../api/pod.ts'
import type { BoundRoles } from '../decision/digest.ts'
import type { Unresolved } from '../decision/kinds/exec/resolve-target.ts'
import type { ConditionType, ConditionState } from './facts/conditions.ts'
import type { AccessEnd } from './facts/finish.ts'
import type { Granted } from './facts/granted.ts'
import type { GrantedFacts, PodFacts, RequestFacts, ResolveFacts, SourceFacts } from './facts/request-facts.ts'
import type { Rehearsed } from './facts/rehearsal.ts'
import type { Plan } from './facts/request-plan.ts'

/**
 * One kind of access, with all that provisioning does for it. Where a kind lacks something, its row returns nothing.
 */
export interface AccessKind {
  /** `each`: its objects are written one by one. `all-or-none`: all of them are written, or none. */
  readonly written: 'each' | 'all-or-none'
  /** Finds what the request is about. That never changes again. */
  readonly resolve: (facts: ResolveFacts) => FoundTarget | Unresolved
  /**
   * Returns how long the controller looks for the target, from its first look. Undefined: until the request's deadline.
   */
  readonly looksFor: (spec: AccessRequestSpec) => Patience | undefined
  /**
   * Returns the source of the pod that is made for a request. Undefined if this kind makes none, or the template does
   * not offer it.
   */
  readonly madeAfter: (template: AnyTemplate) => MadeAfter | undefined
  /** Returns the pod whose creation, or the container whose addition, is tried before the request is taken up. */
  readonly rehearsed: (facts: RehearsedFacts) => Rehearsed | undefined
  /**
   * Returns a loud warning for the approver of a waiting request: a clause that begins with a comma, or an empty text.
   */
  readonly waitsFor: (facts: RequestFacts) => string
  /** Says in one line what runs, for a table; it may be cut. Its status may not have a target yet. */
  readonly summary: (facts: RequestFacts) => string
  /**
   * Returns the objects that exist before anybody may use the access. They are made as early as possible, because later
   * steps wait for them.
   */
  readonly beforehand: (facts: RequestFacts) => readonly Manifest[]
  /**
   * Returns how the request's pod has ended or become another, if Sallyport did not make that pod. Undefined until
   * then.
   */
  readonly ended: (facts: RequestFacts & PodFacts) => AccessEnd | undefined
  /** Returns what an access leaves behind that ends before its use does. Undefined if it leaves nothing. */
  readonly leaves: (request: AccessRequest, pod: Pod | undefined) => Left | undefined
  /** Provides the access, from its beginning to its end. */
  readonly plan: (facts: GrantedFacts, granted: Granted, now: Instant) => Plan
  /** Returns the proof that a provided access can be used. */
  readonly provenBy: (facts: RequestFacts) => AccessProof
  /**
   * Returns the smallest request under a template that offers this kind. If a trial needs the status with its target,
   * that is included.
   */
  readonly sample: (template: AnyTemplate, namespace: string) => Sample
}

/** The target that was found for a request. */
export interface FoundTarget {
  /** The pod, or the roles. The digest covers it, and the status notes it. */
  readonly about: { readonly target: Target } | BoundRoles
  /** The target in words. */
  readonly words: string
  /** The further conditions that approvers should know. */
  readonly conditions: readonly { readonly type: ConditionType; readonly held: ConditionState }[]
}

/** The remains of an access that has ended. */
export interface Left {
  /** A clause. */
  readonly says: string
  /** The result of a task that had ended. */
  readonly task?: TaskResult
}

/** A wait that ends before the request's deadline does. */
export interface Patience {
  readonly ms: Milliseconds
  /** A sentence without full stop that tells how to wait longer. */
  readonly remedy: string
}

type MadeAfter = Pick<ShellAccess, 'from' | 'podTemplate'>

type RehearsedFacts = RequestFacts & SourceFacts & PodFacts

export type AccessProof =
  /** The API server answers yes to each SubjectAccessReview. Without questions the access is not proven. */
  | { readonly by: 'questions'; readonly questions: readonly AccessQuestion[] }
  /** A watch of the API server shows each binding. Undefined if the request is not what was approved. */
  | { readonly by: 'bindings'; readonly bindings: readonly Manifest[] | undefined }

export interface Sample {
  readonly asked: Pick<AccessRequestSpec, AccessName>
  readonly status?: AccessRequestStatus
}

/** A question: may the requestor do this? The fields are those of ResourceAttributes in authorization.k8s.io/v1. */
interface AccessQuestion {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
}
