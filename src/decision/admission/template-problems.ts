import type { Instant } from '../../api/duration.ts'
import type { AccessTemplateAsked } from '../../api/kinds/access-template-spec.ts'
import { workloadOf } from '../kinds/access-kinds.ts'
import type { OfferWorkload } from '../kinds/access-rules.ts'
import { apiGroupOf } from '../api-group.ts'
import { attributeProblems } from './attributes.ts'
import { challengeProblems } from '../challenge/check-challenges.ts'
import { compilePattern } from '../pattern.ts'
import { say } from '../text/sentence.ts'

/** A kind that a template may target. */
interface NamedWorkloadKind {
  readonly apiVersion: string
  readonly kind: string
}

/** The parts of the config that a template may name. */
export interface TemplateNames {
  readonly workloads: readonly NamedWorkloadKind[]
  readonly validators: readonly { readonly name: string }[]
}

/** The faults of a template that its schema cannot find. Each is a clause that names the field. */
export function templateProblems(
  { reason, access, challenges = [], attributes = [] }: AccessTemplateAsked['spec'],
  { workloads, validators }: TemplateNames,
  now: Instant,
): readonly string[] {
  return [
    ...(reason?.pattern === undefined ? [] : patternProblem(reason.pattern)),
    ...targetProblem(workloadOf(access), workloads),
    ...attributeProblems(attributes),
    ...challengeProblems(
      challenges,
      validators.map(({ name }) => name),
      now,
    ),
  ]
}

function patternProblem(pattern: string): readonly string[] {
  const compiled = compilePattern(pattern)
  return 'pattern' in compiled ? [] : [say`spec.reason.pattern is not an RE2 expression: ${compiled.problem}`]
}

function targetProblem(target: OfferWorkload | undefined, workloads: readonly NamedWorkloadKind[]): readonly string[] {
  if (!target) return []
  const { field, ref } = target
  const { kind, group } = ref
  if (kind === 'Pod' && !group) return []
  if (workloads.some((known) => known.kind === kind && (group === undefined || group === apiGroupOf(known)))) return []
  const known = ['Pod', ...workloads.map((one) => one.kind)].join(', ')
  const asked = group ? say`${kind} of ${group}` : say`${kind}`
  return [`${field} is of kind ${asked}, not one of ${known}; others can be added in Sallyport's config (workloads)`]
}
