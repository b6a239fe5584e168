import type { Instant } from '../api/duration.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { cut } from '../api/printable.ts'
import { approvalsBriefly, hoursBriefly } from '../decision/challenge/challenges-briefly.ts'
import { offerBriefly } from '../decision/kinds/access-kinds.ts'
import { say } from '../decision/text/sentence.ts'
import { targetRef } from '../decision/template.ts'
import { withCondition, type ConditionState } from './facts/conditions.ts'
import { trialText, type FailedTrial } from './template-trial.ts'

// The longest cell of a table.
const maxCell = 256

/** The facts about a template that it does not hold itself. */
export interface TemplateFindings {
  /** The number of the template's namespaces in which its target exists. Undefined if the template needs no target. */
  readonly targets: number | undefined
  /** The failed trial. Undefined while a request under the template would succeed, or none can be tried. */
  readonly failed: FailedTrial | undefined
}

/**
 * Returns the status of a template. Ready means that a request would succeed. Sallyport tries one, and tells the result
 * in the words that a request would get.
 */
export function templateStatus(
  template: AnyTemplate,
  findings: TemplateFindings,
  now: Instant,
): NonNullable<AnyTemplate['status']> {
  const { metadata, spec, status } = template
  const { challenges = [] } = spec
  const exists = targetExists(template, findings)
  const conditions = withCondition(status?.conditions, 'TargetExists', exists, now)
  return {
    conditions: withCondition(conditions, 'Ready', isReady(template, findings, exists), now),
    access: cut(offerBriefly(spec.access), maxCell),
    approvals: cut(approvalsBriefly(challenges), maxCell),
    hours: cut(hoursBriefly(challenges), maxCell),
    observedGeneration: metadata.generation,
  }
}

function targetExists(template: AnyTemplate, { targets }: TemplateFindings): ConditionState {
  const target = targetRef(template)
  if (!target) return { status: 'True', reason: 'Found', message: 'this template needs no workload' }
  const name = say`${target.kind} ${target.name}`
  if (targets !== 0) return { status: 'True', reason: 'Found', message: `${name} exists` }
  return {
    status: 'False',
    reason: 'NotFound',
    message: `${name} is in none of the namespaces that this template is for`,
  }
}

function isReady(template: AnyTemplate, { failed }: TemplateFindings, exists: ConditionState): ConditionState {
  if (exists.status === 'False') return { ...exists, reason: 'NoTarget' }
  if (!failed) return { ...exists, reason: 'Usable' }
  return { status: 'False', reason: failed.reason, message: trialText(template, failed) }
}
