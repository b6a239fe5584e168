import { parseDuration } from '../../api/duration.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import { objectionToAttributes } from './attributes.ts'
import { beyondOffer } from '../kinds/access-kinds.ts'
import { denied, type Deny } from '../decision.ts'
import { reasonProblem } from './reason-rule.ts'
import { say } from '../text/sentence.ts'
import { isNamed } from '../subject.ts'
import { longestOf } from '../template.ts'

/** A request under a template, with the facts that its rules need. */
export interface AskedUnderTemplate {
  readonly spec: AccessRequestSpec
  readonly requestor: Identity
  readonly namespace: string
  /** The labels of the namespace. Only a ClusterAccessTemplate looks at them. */
  readonly namespaceLabels: Readonly<Record<string, string>>
}

/** A rule denies a request that its template does not offer. Undefined if it does not object. */
type OfferRule = (asking: AskedUnderTemplate, template: AnyTemplate) => Deny | undefined

/** A request must keep all of these rules. The denial tells the first that it breaks. */
const rules: readonly OfferRule[] = [notASubject, notForNamespace, tooLong, wrongReason, wrongAttributes, wrongAccess]

/**
 * Says why a request may not be made under a template. Undefined if it may. This is asked twice: at admission, to
 * explain, and by the controller, which trusts only its own answer.
 */
export function objectionUnderTemplate(asking: AskedUnderTemplate, template: AnyTemplate): Deny | undefined {
  for (const rule of rules) {
    const objection = rule(asking, template)
    if (objection) return objection
  }
  return undefined
}

/** The requestor is one of the template's subjects. */
function notASubject({ requestor }: AskedUnderTemplate, { kind, metadata, spec }: AnyTemplate): Deny | undefined {
  if (isNamed(requestor, spec.subjects)) return undefined
  return denied('E_TEMPLATE_NOT_YOURS', say`${kind} ${metadata.name} is not for ${requestor.username}`)
}

/** The template is offered in the namespace of the request. */
function notForNamespace({ namespace, namespaceLabels }: AskedUnderTemplate, template: AnyTemplate): Deny | undefined {
  if (isOffered(template, namespace, namespaceLabels)) return undefined
  const name = say`${template.kind} ${template.metadata.name}`
  return denied('E_TEMPLATE_NOT_YOURS', name + say` is not for namespace ${namespace}`)
}

/** True if a template is offered in a namespace. */
export function isOffered(
  template: AnyTemplate,
  namespace: string,
  labels: AskedUnderTemplate['namespaceLabels'],
): boolean {
  if (template.kind === 'AccessTemplate') return template.metadata.namespace === namespace
  const { matchNames, matchLabels = {} } = template.spec.namespaces
  if (matchNames && !matchNames.includes(namespace)) return false
  return Object.entries(matchLabels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
}

/** The request does not ask for a longer time than the template gives. */
function tooLong({ spec: { duration } }: AskedUnderTemplate, template: AnyTemplate): Deny | undefined {
  const longest = longestOf(template)
  if (duration === undefined || (parseDuration(duration) ?? Infinity) <= (parseDuration(longest) ?? 0)) return undefined
  const what = say`${template.kind} ${template.metadata.name} gives access for at most ${longest}, but spec.duration is ${duration}`
  return denied('E_TEMPLATE_BEYOND', what)
}

/** The request has the reason that the template demands. */
function wrongReason(asking: AskedUnderTemplate, { kind, metadata, spec }: AnyTemplate): Deny | undefined {
  const problem = reasonProblem(asking.spec.reason, spec.reason ?? {})
  if (!problem) return undefined
  const { is, pattern } = problem
  if (is === 'other')
    return denied('E_TEMPLATE_REASON', say`spec.reason does not match ${pattern}, as ${kind} ${metadata.name} demands`)
  const like = pattern === undefined ? '' : say`, matching ${pattern}`
  return denied('E_TEMPLATE_REASON', say`${kind} ${metadata.name} demands a reason in spec.reason` + like)
}

/** The request has the attributes that the template demands. */
function wrongAttributes({ spec }: AskedUnderTemplate, template: AnyTemplate): Deny | undefined {
  return objectionToAttributes(spec, template)
}

/** The request asks for the kind of access that the template offers, and does not go beyond the offer. */
function wrongAccess(
  { spec }: AskedUnderTemplate,
  { kind, metadata, spec: { access } }: AnyTemplate,
): Deny | undefined {
  const template = say`${kind} ${metadata.name}`
  const beyond = beyondOffer(spec, access, template)
  if (beyond !== 'other') return beyond
  const offered = Object.keys(access).join(', ')
  return denied('E_TEMPLATE_BEYOND', `${template} offers ${offered}, but the request asks for something else`)
}
