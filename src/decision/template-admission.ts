import type { Review } from '../api/admission-review.ts'
import { AccessTemplateAsked } from '../api/kinds/access-template-spec.ts'
import { validator } from '../api/validator.ts'
import { canonicalJson } from './canonical-json.ts'
import { allowed, denied, type Decision } from './decision.ts'
import type { StampPolicy } from './request-admission.ts'
import { identityOf, isFields, type Fields } from './stamp.ts'
import { templateProblems, type WorkloadKind } from './template-problems.ts'

export interface TemplatePolicy {
  readonly identity: StampPolicy
  /** What a template may target. */
  readonly workloads: readonly WorkloadKind[]
}

const validate = validator(AccessTemplateAsked, 'template')

/**
 * What happens to a template at CREATE and UPDATE: whoever changes what it offers is its author from then on, and it is
 * refused where it could never be used.
 */
export function admitTemplate(review: Review, { identity, workloads }: TemplatePolicy): Decision {
  const asked = validate(review.object)
  // Not ours to explain: the schema refuses it right after us.
  if (!asked.ok) return allowed('STAMPED', 'there is no template to stamp')
  const before = specOf(review.oldObject)
  const isSame = before !== undefined && offered(before) === offered(specOf(review.object) ?? {})
  const author = isSame ? before['author'] : identityOf(review.userInfo, identity.extraKeys)
  const patch = author === undefined ? [] : [{ op: 'add', path: '/spec/author', value: author } as const]
  // The same file may be applied again also where a newer Sallyport would refuse it.
  if (isSame) return allowed('STAMPED', 'kept its author', { patch })
  const problems = templateProblems(asked.value.spec, workloads)
  if (problems.length > 0) return denied('E_TEMPLATE_INVALID', problems.join('; '))
  return allowed('STAMPED', 'stamped its author', { patch })
}

function specOf(object: unknown): Fields | undefined {
  if (!isFields(object)) return undefined
  return isFields(object['spec']) ? object['spec'] : undefined
}

function offered(spec: Fields): string {
  return canonicalJson({ ...spec, author: undefined })
}
