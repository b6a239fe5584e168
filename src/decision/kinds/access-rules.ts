import type { AccessName, AskedAccess, OfferedAccess } from '../../api/accesses.ts'
import type { WorkloadRef } from '../../api/kinds/workload-ref.ts'
import type { ShellAccess } from '../../api/kinds/shell-access.ts'
import type { AuthorNeed } from './author-need.ts'
import type { Deny } from '../decision.ts'
import type { AccessFacts } from './access-facts.ts'
import type { ExecScope } from './exec/exec-scope.ts'

/** What a request asks of one kind of access. */
type AskedOf<Name extends AccessName> = AskedAccess<Name>['asked']

/** What a template offers of one kind of access. */
type OfferedOf<Name extends AccessName> = OfferedAccess<Name>['offered']

/** The workload that an offer is about, and the field that says so. */
export interface OfferWorkload {
  readonly field: string
  readonly ref: WorkloadRef
}

/** What is found in an offer before anybody asks for it. */
export interface OfferFindings {
  /** What is wrong; clauses that name the field. */
  readonly problems: readonly string[]
  /** What gives more than the workload has, so that only some authors may offer it; clauses that name the field. */
  readonly dangers: readonly string[]
}

/** Looks at the pods that an offer makes. */
export type LookAtShell = (offered: ShellAccess) => OfferFindings

/** How a kind of access treats the pod that it is about. */
export type AccessPod =
  /** It enters a pod of somebody else's workload. */
  | 'shared'
  /** It is given a pod of its own. */
  | 'own'
  /** It is about no pod. */
  | 'none'

/** How one kind of access is judged. What a kind does not have, its row says. */
export interface AccessRules<Name extends AccessName> {
  readonly pod: AccessPod
  /** Says why a request goes beyond an offer. @param template kind and name, for the text */
  readonly beyond: (asked: AskedOf<Name>, offered: OfferedOf<Name>, template: string) => Deny | undefined
  /** Says in a few words what is offered, for a table: `exec Deployment/web`. */
  readonly briefly: (offered: OfferedOf<Name>) => string
  readonly workload: (offered: OfferedOf<Name>) => OfferWorkload | undefined
  readonly findings: (offered: OfferedOf<Name>, look: LookAtShell) => OfferFindings
  /** The workload may bring dangers of its own when somebody asks. */
  readonly mayBringDangers: boolean
  /** Lists what an author must be allowed to do. @param namespace of the template; undefined: it is for many */
  readonly needs: (offered: OfferedOf<Name>, namespace: string | undefined) => readonly AuthorNeed[]
  /** Says what may be done in the pod. @param offered undefined without a template */
  readonly scope: (
    asked: AskedOf<Name>,
    offered: OfferedOf<Name> | undefined,
    terms: { readonly once: boolean },
  ) => ExecScope | undefined
  /** The pod that a request names by itself. */
  readonly namedPod: (asked: AskedOf<Name>) => string | undefined
  /** What an expression of a template may look at. */
  readonly facts: (asked: AskedOf<Name>) => AccessFacts[Name]
  /** The access goes on when its pod ends, since another is made. */
  readonly outlivesItsPod: (offered: OfferedOf<Name>) => boolean
}
