import type { Review } from '../api/admission-review.ts'
import type { Instant } from '../api/duration.ts'
import { AccessTemplateAsked } from '../api/kinds/access-template-spec.ts'
import type { ShellAccess } from '../api/kinds/shell-access.ts'
import type { Subject } from '../api/subject.ts'
import type { Identity } from '../api/kinds/identity.ts'
import { validator } from '../api/validator.ts'
import { canonicalJson } from './canonical-json.ts'
import { authorNeeds, type AuthorNeed } from './author-needs.ts'
import { debugDangers } from './debug-dangers.ts'
import { allowed, denied, type Decision, type Deny, type PatchOp } from './decision.ts'
import type { StampPolicy } from './request-admission.ts'
import { say } from './sentence.ts'
import { groupNames, isSubject } from './subject.ts'
import { identityOf, isFields, unstamped, withoutBefore, type Fields } from './stamp.ts'
import { templateProblems, type TemplateNames } from './template-problems.ts'

export interface TemplatePolicy extends TemplateNames {
  readonly identity: StampPolicy
  readonly shell: { readonly privilegedAuthors: readonly Subject[] }
}

/** What is known of the shell pods that a template offers. */
export interface ShellFindings {
  /** What is wrong; clauses that name the field. */
  readonly problems: readonly string[]
  /** What only some authors may offer. */
  readonly dangers: readonly string[]
}

/** Either decided, or a template of which more must be known. */
export type TemplateAtAdmission = { readonly decision: Decision } | TemplateInQuestion

interface TemplateInQuestion {
  readonly stamped: Decision
  /** What its author must be allowed to do. */
  readonly needs: readonly AuthorNeed[]
  /** What must compile. */
  readonly expressions: readonly TemplateExpression[]
}

export interface TemplateExpression {
  readonly path: string
  readonly cel: string
}

/** How a template is looked at, and when. */
interface Seen {
  readonly look: (shell: ShellAccess) => ShellFindings
  readonly now: Instant
}

const validate = validator(AccessTemplateAsked, 'template')

/**
 * What happens to a template at CREATE and UPDATE: whoever changes what it offers is its author from then on, and it is
 * refused where it could never be used.
 */
export function admitTemplate(review: Review, policy: TemplatePolicy, { look, now }: Seen): TemplateAtAdmission {
  const { identity } = policy
  if (review.operation === 'UPDATE') {
    const before = specOf(review.oldObject)
    if (!before) return { decision: withoutBefore() }
    // The same file may be applied again, by anybody, and also where a newer Sallyport would refuse it.
    if (offered(before) === offered(specOf(review.object) ?? {})) return { decision: keptAuthor(before) }
  }
  const asked = validate(review.object)
  if (!asked.ok) {
    const patch = unstamped(review.object, 'author')
    return { decision: allowed('STAMPED', 'there is no template to stamp', { patch }) }
  }
  const author = identityOf(review.userInfo, identity.extraKeys, groupNames(policy.shell.privilegedAuthors))
  const { spec } = asked.value
  const refusal = refuseTemplate(spec, author, policy, { look, now })
  if (refusal) return { decision: refusal }
  const stamped = allowed('STAMPED', 'stamped its author', { patch: authored(author) })
  const expressions = expressionsOf(spec)
  const needs = authorNeeds(spec, review.namespace || undefined)
  return needs.length + expressions.length > 0 ? { stamped, needs, expressions } : { decision: stamped }
}

function expressionsOf({ challenges = [] }: AccessTemplateAsked['spec']): readonly TemplateExpression[] {
  return challenges.flatMap(({ expression }, index) =>
    expression ? [{ path: `spec.challenges[${index}].expression.cel`, cel: expression.cel }] : [],
  )
}

/** @param problems of the expressions, by their paths; undefined where there is none */
export function admitExpressions(stamped: Decision, problems: ReadonlyMap<string, string | undefined>): Decision {
  const wrong = [...problems].flatMap(([path, problem]) => (problem === undefined ? [] : [say`${path}: ${problem}`]))
  return wrong.length === 0 ? stamped : denied('E_TEMPLATE_INVALID', wrong.join('; '))
}

function keptAuthor({ author }: Fields): Decision {
  return allowed('STAMPED', 'kept its author', { patch: authored(author) })
}

function refuseTemplate(
  spec: AccessTemplateAsked['spec'],
  author: Identity,
  policy: TemplatePolicy,
  { look, now }: Seen,
): Deny | undefined {
  const { privilegedAuthors } = policy.shell
  const { shell, exec } = spec.access
  const found = shell ? look(shell) : { problems: [], dangers: debugDangers(exec) }
  const problems = [...templateProblems(spec, policy, now), ...found.problems]
  if (problems.length > 0) return denied('E_TEMPLATE_INVALID', problems.join('; '))
  if (found.dangers.length === 0 || privilegedAuthors.some((one) => isSubject(author, one))) return undefined
  return denied('E_TEMPLATE_AUTHOR', say`${author.username} may not offer this: ` + found.dangers.join('; '))
}

/** @param lacking what of the needs the author may not do */
export function admitAuthor(review: Review, stamped: Decision, lacking: readonly AuthorNeed[]): Decision {
  if (lacking.length === 0) return stamped
  const what = lacking.map(({ text }) => text).join('; ')
  return denied('E_TEMPLATE_AUTHOR', say`${review.userInfo.username} may not ` + what)
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
