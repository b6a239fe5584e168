import type { AccessName, AskedAccess, OfferedAccess } from '../../api/accesses.ts'
import type { WorkloadRef } from '../../api/kinds/workload-ref.ts'
import type { ShellAccess } from '../../api/kinds/access/shell-access.ts'
import type { AuthorNeed } from './author-need.ts'
import type { Deny } from '../decision.ts'
import type { AccessFacts } from './access-facts.ts'
import type { ExecScope } from './exec/exec-scope.ts'

/** The part of a request that asks for one kind of access. */
type AskedOf<Name extends AccessName> = AskedAccess<Name>['asked']

/** The part of a template that offers one kind of access. */
type OfferedOf<Name extends AccessName> = OfferedAccess<Name>['offered']

/** The workload that an offer is about, and the field that names it. */
export interface OfferWorkload {
  readonly field: string
  readonly ref: WorkloadRef
}

/** The findings in an offer, before anybody asks for it. */
export interface OfferFindings {
  /** Faults of the offer: clauses that name the field. */
  readonly problems: readonly string[]
  /** Parts that give more than the workload has: clauses that name the field. Only some authors may offer them. */
  readonly dangers: readonly string[]
}

/** Looks at the pods that an offer makes. */
export type LookAtShell = (offered: ShellAccess) => OfferFindings

/** The relation of a kind of access to its pod. */
export type AccessPod =
  /** The access enters a pod of somebody else's workload. */
  | 'shared'
  /** The access gets a new pod of its own. */
  | 'own'
  /** The access is not about a pod. */
  | 'none'

/** The rules of one kind of access. A kind that lacks something says so in its row. */
export interface AccessRules<Name extends AccessName> {
  readonly pod: AccessPod
  /** The user whom the gate lets into the pod: the requestor, or Sallyport on behalf of them. */
  readonly enteredBy: 'requestor' | 'sallyport'
  /** Says why a request goes beyond an offer. @param template Its kind and name, for the text. */
  readonly beyond: (asked: AskedOf<Name>, offered: OfferedOf<Name>, template: string) => Deny | undefined
  /** Says in a few words what is offered, for a table: `exec Deployment/web`. */
  readonly briefly: (offered: OfferedOf<Name>) => string
  readonly workload: (offered: OfferedOf<Name>) => OfferWorkload | undefined
  readonly findings: (offered: OfferedOf<Name>, look: LookAtShell) => OfferFindings
  /** The workload may bring dangers of its own when somebody asks. */
  readonly mayBringDangers: boolean
  /**
   * Lists the rights that an author must have.
   * @param namespace The template's. Undefined if it is for many namespaces.
   */
  readonly needs: (offered: OfferedOf<Name>, namespace: string | undefined) => readonly AuthorNeed[]
  /** The scope that the access gives in the pod. @param offered Undefined without a template. */
  readonly scope: (
    asked: AskedOf<Name>,
    offered: OfferedOf<Name> | undefined,
    terms: { readonly once: boolean },
  ) => ExecScope | undefined
  /** The pod that a request names by itself. */
  readonly namedPod: (asked: AskedOf<Name>) => string | undefined
  /** The facts that an expression of a template may look at. */
  readonly facts: (asked: AskedOf<Name>) => AccessFacts[Name]
  /** True if the access goes on when its pod ends, since Sallyport makes another one. */
  readonly outlivesItsPod: (offered: OfferedOf<Name>) => boolean
}
