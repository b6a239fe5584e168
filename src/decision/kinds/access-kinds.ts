import {
  accessOf,
  offerOf,
  oneOffered,
  type AccessName,
  type AskedAccess,
  type OfferedAccess,
} from '../../api/accesses.ts'
import { serviceAccountUser } from '../../api/installation.ts'
import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { AccessTemplateAsked } from '../../api/kinds/access-template-spec.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { Deny } from '../decision.ts'
import type { AccessFacts } from './access-facts.ts'
import type { AccessPod, AccessRules, LookAtShell, OfferFindings, OfferWorkload } from './access-rules.ts'
import type { AuthorNeed } from './author-need.ts'
import { execRules } from './exec/exec-rules.ts'
import type { ExecScope } from './exec/exec-scope.ts'
import { roleRules } from './role/role-rules.ts'
import { shellRules } from './shell/shell-rules.ts'
import { taskRules } from './task/task-rules.ts'

/** The rules of each kind of access. Only the folders of these rows know one kind from another. */
const accessKinds: { readonly [Name in AccessName]: AccessRules<Name> } = {
  exec: execRules,
  shell: shellRules,
  role: roleRules,
  task: taskRules,
}

function rulesOf<Name extends AccessName>({ name }: { readonly name: Name }): AccessRules<Name> {
  return accessKinds[name]
}

type OfferedAsWritten = AccessTemplateAsked['spec']['access']

/**
 * Says why a request goes beyond what a template offers. Undefined if it does not. `other` if it asks for another kind
 * of access.
 * @param template Its kind and name.
 */
export function beyondOffer(
  spec: AccessRequestSpec,
  offered: OfferedAsWritten,
  template: string,
): Deny | 'other' | undefined {
  const [asked, offer] = [accessOf(spec), offerOf(offered)]
  return asked && asked.name === offer?.name ? beyondOffered(asked, offer, template) : 'other'
}

function beyondOffered<Name extends AccessName>(
  access: AskedAccess<Name>,
  { offered }: OfferedAccess<Name>,
  template: string,
): Deny | undefined {
  return rulesOf(access).beyond(access.asked, offered, template)
}

/** The scope that a request gives in its pod once it is granted. Undefined if it gives nothing there. */
export function scopeOf(spec: AccessRequestSpec, template: AnyTemplate | undefined): ExecScope | undefined {
  const access = accessOf(spec)
  const terms = { once: spec.once ?? false }
  if (!access || !template) return access && scopeOfAccess(access, undefined, terms)
  // A template that offers another kind, or several kinds at once, sets no bounds. So it gives nothing.
  const offer = offerOf(template.spec.access)
  return offer?.name === access.name ? scopeOfAccess(access, offer, terms) : undefined
}

function scopeOfAccess<Name extends AccessName>(
  access: AskedAccess<Name>,
  offer: OfferedAccess<Name> | undefined,
  terms: { readonly once: boolean },
): ExecScope | undefined {
  return rulesOf(access).scope(access.asked, offer?.offered, terms)
}

/** Says in a few words what a template offers, for a table. */
export function offerBriefly(offered: OfferedAsWritten): string {
  const offer = offerOf(offered)
  return offer ? brieflyOf(offer) : 'unknown'
}

function brieflyOf<Name extends AccessName>(offer: OfferedAccess<Name>): string {
  return rulesOf(offer).briefly(offer.offered)
}

/** The workload that an offer is about. Undefined if it is not about a workload. */
export function workloadOf(offered: OfferedAsWritten): OfferWorkload | undefined {
  const offer = offerOf(offered)
  return offer && workloadOfOffer(offer)
}

function workloadOfOffer<Name extends AccessName>(offer: OfferedAccess<Name>): OfferWorkload | undefined {
  return rulesOf(offer).workload(offer.offered)
}

/** The facts that must be known about an offer before a template is stored. */
export interface OfferNeeds extends OfferFindings {
  /** True if some authors need one more right to offer it, besides `needs`. */
  readonly takesEscalation: boolean
  /** The rights that its author must have. */
  readonly needs: readonly AuthorNeed[]
}

/**
 * Returns the rights that the author of an offer needs, and what is found in the offer.
 * @param namespace The namespace of the template. Undefined if the template is for many namespaces: then the rights
 * must hold in all of them, since somebody may ask in any.
 */
export function needsOfOffer(offered: OfferedAsWritten, look: LookAtShell, namespace: string | undefined): OfferNeeds {
  const offer = offerOf(offered)
  if (offer) return needsOf(offer, look, namespace)
  return { problems: [`spec.access: ${oneOffered}`], dangers: [], takesEscalation: false, needs: [] }
}

function needsOf<Name extends AccessName>(
  offer: OfferedAccess<Name>,
  look: LookAtShell,
  namespace: string | undefined,
): OfferNeeds {
  const rules = rulesOf(offer)
  const findings = rules.findings(offer.offered, look)
  const takesEscalation = rules.mayBringDangers || findings.dangers.length > 0
  return { ...findings, takesEscalation, needs: rules.needs(offer.offered, namespace) }
}

/**
 * The facts that an expression sees of the access that is asked for. They stand under the name of its kind. Other kinds
 * are left out.
 */
export function accessFacts(spec: AccessRequestSpec): Partial<AccessFacts> {
  const access = accessOf(spec)
  return access ? { [access.name]: factsOf(access) } : {}
}

function factsOf<Name extends AccessName>(access: AskedAccess<Name>): AccessFacts[Name] {
  return rulesOf(access).facts(access.asked)
}

/** The pod that a request names by itself. */
export function namedPod(spec: AccessRequestSpec): string | undefined {
  const access = accessOf(spec)
  return access && namedPodOf(access)
}

function namedPodOf<Name extends AccessName>(access: AskedAccess<Name>): string | undefined {
  return rulesOf(access).namedPod(access.asked)
}

/** Says whose pod a request is about. A request of another version may ask for nothing known: then it has no pod. */
export function podOfAccess(spec: AccessRequestSpec): AccessPod {
  const access = accessOf(spec)
  return access ? accessKinds[access.name].pod : 'none'
}

/** The name of the user whom the gate lets in by a request. Undefined if the request does not say who asked. */
export function enteringUser(spec: AccessRequestSpec): string | undefined {
  return spec.requestor && (isEnteredBySallyport(spec) ? serviceAccountUser : spec.requestor.username)
}

/** True if Sallyport itself uses the access, on behalf of the requestor. */
export function isEnteredBySallyport(spec: AccessRequestSpec): boolean {
  const access = accessOf(spec)
  return access !== undefined && accessKinds[access.name].enteredBy === 'sallyport'
}

/** True if an access goes on when its pod ends, since Sallyport makes another one. */
export function outlivesItsPod(template: AnyTemplate | undefined): boolean {
  const offer = template && offerOf(template.spec.access)
  return offer !== undefined && isOutliving(offer)
}

function isOutliving<Name extends AccessName>(offer: OfferedAccess<Name>): boolean {
  return rulesOf(offer).outlivesItsPod(offer.offered)
}
