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

/** Either decided, or a template of which more must be known. */
export type TemplateAtAdmission = { readonly decision: Decision } | TemplateInQuestion

export interface TemplateInQuestion {
  readonly author: Author
  /** What its author must be allowed to do. */
  readonly needs: readonly AuthorNeed[]
  /** The right that `dangers` take. Left out where no pod or debug container is offered. */
  readonly escalation?: AuthorNeed
  readonly dangers: readonly string[]
  /** What must compile. */
  readonly expressions: readonly TemplateExpression[]
}

export interface TemplateExpression {
  readonly path: string
  readonly cel: string
}

/** How a template is looked at, and when. */
interface TemplateInspection {
  readonly look: LookAtShell
  readonly now: Instant
}

const checkTemplate = schemaCheck(AccessTemplateAsked, 'template')

/**
 * What happens to a template at CREATE and UPDATE: whoever changes what it offers is its author from then on, and it is
 * refused where it could never be used.
 */
export function admitTemplate(
  review: Review,
  policy: TemplatePolicy,
  { look, now }: TemplateInspection,
): TemplateAtAdmission {
  if (review.operation === 'UPDATE') {
    const before = specOf(review.oldObject)
    if (!before) return { decision: withoutBefore() }
    // The same file may be applied again, by anybody, and also where a newer Sallyport would refuse it.
    if (offered(before) === offered(specOf(review.object) ?? {})) return { decision: keptAuthor(before) }
  }
  const asked = checkTemplate(review.object)
  if (!asked.ok) {
    const patch = unstamped(review.object, 'author')
    return { decision: allowed('STAMPED', 'there is no template to stamp', { patch }) }
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

/** @param problems of the expressions, by their paths; undefined where there is none */
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

/** @param lacking what of the needs, and of the right to escalate, the author does not hold */
export function admitAuthor(
  { author, needs, escalation, dangers }: TemplateInQuestion,
  lacking: ReadonlySet<AuthorNeed>,
): Decision {
  const mayEscalate = escalation !== undefined && !lacking.has(escalation)
  if (dangers.length > 0 && !mayEscalate) {
    const offers = say`${author.username} may not offer this: ` + dangers.join('; ')
    const remedy = escalation && `Have somebody write it who may ${escalation.text}, or leave it out.`
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
