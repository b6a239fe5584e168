import type { Review } from '../../api/review/admission-review.ts'
import type { Instant } from '../../api/duration.ts'
import { AccessTemplateAsked } from '../../api/kinds/access-template-spec.ts'
import type { Author } from '../../api/kinds/identity.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import { canonicalJson } from '../canonical-json.ts'
import { needsOfOffer } from '../kinds/access-kinds.ts'
import type { LookAtShell } from '../kinds/access-rules.ts'
import type { AuthorNeed } from '../kinds/author-need.ts'
import { needToEscalate } from './escalation.ts'
import { allowed, denied, type Decision, type Deny, type PatchOp } from '../decision.ts'
import type { StampPolicy } from './request-admission.ts'
import { say } from '../text/sentence.ts'
import { identityOf, unstamped, withoutBefore } from './stamp.ts'
import { isFields, type Fields } from '../../api/fields.ts'
import { templateProblems, type TemplateNames } from './template-problems.ts'

export interface TemplatePolicy extends TemplateNames {
  readonly identity: StampPolicy
}

/** Either a decision, or a template that needs more facts. */
export type TemplateAtAdmission = { readonly decision: Decision } | TemplateInQuestion

export interface TemplateInQuestion {
  readonly author: Author
  /** The rights that its author must have. */
  readonly needs: readonly AuthorNeed[]
  /** The right that `dangers` need. Left out if the template offers neither a pod nor a debug container. */
  readonly escalation?: AuthorNeed
  readonly dangers: readonly string[]
  /** The expressions that must compile. */
  readonly expressions: readonly TemplateExpression[]
}

export interface TemplateExpression {
  readonly path: string
  readonly cel: string
}

/** The means and the time of a look at a template. */
interface TemplateInspection {
  readonly look: LookAtShell
  readonly now: Instant
}

const checkTemplate = schemaCheck(AccessTemplateAsked, 'template')

/**
 * Admits a template at CREATE and UPDATE. A user who changes what it offers is its author from then on. A template that
 * could never be used is refused.
 */
export function admitTemplate(
  review: Review,
  policy: TemplatePolicy,
  { look, now }: TemplateInspection,
): TemplateAtAdmission {
  if (review.operation === 'UPDATE') {
    const before = specOf(review.oldObject)
    if (!before) return { decision: withoutBefore() }
    // Anybody may apply the same file again, even if a newer Sallyport would refuse it.
    if (offered(before) === offered(specOf(review.object) ?? {})) return { decision: keptAuthor(before) }
  }
  const asked = checkTemplate(review.object)
  if (!asked.ok) {
    const patch = unstamped(review.object, 'author')
    return { decision: allowed('STAMPED', 'the template cannot be read, so it is not stamped', { patch }) }
  }
  return questionAbout(asked.value.spec, review, policy, { look, now })
}

function questionAbout(
  spec: AccessTemplateAsked['spec'],
  review: Review,
  policy: TemplatePolicy,
  { look, now }: TemplateInspection,
): TemplateAtAdmission {
  const namespace = review.namespace || undefined
  const { problems, dangers, takesEscalation, needs } = needsOfOffer(spec.access, look, namespace)
  const refusal = refuseTemplate([...templateProblems(spec, policy, now), ...problems])
  if (refusal) return { decision: refusal }
  return {
    author: identityOf(review.userInfo, policy.identity.extraKeys),
    needs,
    ...(takesEscalation && { escalation: needToEscalate(namespace) }),
    dangers,
    expressions: expressionsOf(spec),
  }
}

function expressionsOf({ challenges = [] }: AccessTemplateAsked['spec']): readonly TemplateExpression[] {
  return challenges.flatMap(({ expression }, index) =>
    expression ? [{ path: `spec.challenges[${index}].expression.cel`, cel: expression.cel }] : [],
  )
}

/**
 * Denies a template with an expression that does not compile.
 * @param problems The problem of each expression, by its path. Undefined if it has none.
 */
export function objectionToExpressions(problems: ReadonlyMap<string, string | undefined>): Deny | undefined {
  return refuseTemplate(
    [...problems].flatMap(([path, problem]) => (problem === undefined ? [] : [say`${path}: ${problem}`])),
  )
}

function keptAuthor({ author }: Fields): Decision {
  return allowed('STAMPED', 'kept its author', { patch: authored(author) })
}

function refuseTemplate(problems: readonly string[]): Deny | undefined {
  return problems.length === 0 ? undefined : denied('E_TEMPLATE_INVALID', problems.join('; '))
}

/**
 * Admits a template if its author holds the rights that it needs.
 * @param lacking The needs, and the right to escalate, that the author does not hold.
 */
export function admitAuthor(
  { author, needs, escalation, dangers }: TemplateInQuestion,
  lacking: ReadonlySet<AuthorNeed>,
): Decision {
  const mayEscalate = escalation !== undefined && !lacking.has(escalation)
  if (dangers.length > 0 && !mayEscalate) {
    const offers = say`${author.username} may not offer this: ` + dangers.join('; ')
    const remedy = escalation && `Ask somebody who may ${escalation.text} to write the template, or leave it out.`
    return denied('E_TEMPLATE_AUTHOR', offers, remedy)
  }
  const missing = needs.filter((need) => lacking.has(need))
  if (missing.length > 0) {
    const what = missing.map(({ text }) => text).join('; ')
    return denied('E_TEMPLATE_AUTHOR', say`${author.username} may not ` + what)
  }
  return allowed('STAMPED', 'stamped its author', {
    patch: authored({ ...author, ...(mayEscalate && { mayEscalate }) }),
  })
}

function authored(author: unknown): readonly PatchOp[] {
  return author === undefined ? [] : [{ op: 'add', path: '/spec/author', value: author }]
}

function specOf(object: unknown): Fields | undefined {
  if (!isFields(object)) return undefined
  return isFields(object['spec']) ? object['spec'] : undefined
}

function offered(spec: Fields): string {
  return canonicalJson({ ...spec, author: undefined })
}
