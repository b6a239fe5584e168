import type { Instant } from '../api/duration.ts'
import type { AccessName } from '../api/accesses.ts'
import type { AccessRequestSpec } from '../api/kinds/access-request-spec.ts'
import type { AccessRequestStatus, Target } from '../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import type { ShellAccess } from '../api/kinds/shell-access.ts'
import type { Manifest } from '../api/manifest.ts'
import type { BoundRoles } from '../decision/digest.ts'
import type { Unresolved } from '../decision/kinds/exec/resolve-target.ts'
import type { ConditionType, ConditionState } from './facts/conditions.ts'
import type { AccessEnd } from './facts/finish.ts'
import type { Granted } from './facts/granted.ts'
import type { GrantedFacts, PodFacts, RequestFacts, ResolveFacts, SourceFacts } from './facts/request-facts.ts'
import type { Plan } from './facts/request-plan.ts'

/** What becomes of a request for one kind of access. What a kind has not, its row says. */
export interface AccessKind {
  /** Whether its objects are written one by one, or all of them or none. */
  readonly written: 'each' | 'all-or-none'
  /** Finds what the request is about. That never changes again. */
  readonly resolve: (facts: ResolveFacts) => FoundTarget | Unresolved
  /** What a pod of its own is made after; undefined where none is made, or the template does not offer it. */
  readonly madeAfter: (template: AnyTemplate) => MadeAfter | undefined
  /** The pod whose creation is to be tried before the request is taken up. */
  readonly rehearsed: (facts: RehearsedFacts) => Manifest | undefined
  /** What an approver is told loudly of a request that waits: a clause that begins with a comma, or nothing. */
  readonly waitsFor: (facts: RequestFacts) => string
  /** Says in one line what runs, for a table; it may be cut. Its status may not have a target yet. */
  readonly summary: (facts: RequestFacts) => string
  /** What is there before anybody may use it: as early as can be, since what comes after it waits for it. */
  readonly beforehand: (facts: RequestFacts) => readonly Manifest[]
  /** How the pod that it is about, and that is not Sallyport's, has ended or become another; undefined while it has not. */
  readonly ended: (facts: RequestFacts & PodFacts) => AccessEnd | undefined
  /** Provides the access, from its beginning to its end. */
  readonly plan: (facts: GrantedFacts, granted: Granted, now: Instant) => Plan
  /** What shows that an access that was provided can be used. */
  readonly provenBy: (facts: RequestFacts) => AccessProof
  /** The least that somebody can ask under a template that offers this kind, and the status with what it is then about, if a trial needs that. */
  readonly sample: (template: AnyTemplate, namespace: string) => Sample
}

/** What a request was found to be about. */
export interface FoundTarget {
  /** The pod, or the roles: its digest covers that, and its status notes it. */
  readonly about: { readonly target: Target } | BoundRoles
  /** The same in words. */
  readonly words: string
  /** What else approvers should know of it. */
  readonly conditions: readonly { readonly type: ConditionType; readonly held: ConditionState }[]
}

type MadeAfter = Pick<ShellAccess, 'from' | 'podTemplate'>

type RehearsedFacts = RequestFacts & SourceFacts & Pick<PodFacts, 'workload'>

export type AccessProof =
  /** The API server's SubjectAccessReview says yes to each; to none nobody says yes. */
  | { readonly by: 'questions'; readonly questions: readonly AccessQuestion[] }
  /** A watch of the API server shows each of them; undefined: the request is not what was approved. */
  | { readonly by: 'bindings'; readonly bindings: readonly Manifest[] | undefined }

export interface Sample {
  readonly asked: Pick<AccessRequestSpec, AccessName>
  readonly status?: AccessRequestStatus
}

/** Whether the requestor may do something; as ResourceAttributes of authorization.k8s.io/v1 has it. */
interface AccessQuestion {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
}
