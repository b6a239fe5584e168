import { shellResources, type ShellAccess } from '../../api/kinds/access/shell-access.ts'
import { checkPodTemplate } from '../../api/pod-template.ts'
import { parseQuantity } from '../../api/quantity.ts'
import { say } from '../../decision/text/sentence.ts'
import { isBeyondMeasure, measure } from './template/measure.ts'
import { mutationProblems } from './template/mutation-problems.ts'
import { shellTemplate } from './shell-template.ts'
import type { OfferFindings } from '../../decision/kinds/access-rules.ts'
import { shellDangers } from './dangers/dangers.ts'

/**
 * Returns the problems in the shell part of a template that can be known when it is applied. Each sentence names the
 * field, from `shell` on. A workload may change at any time, so shellPod tells the problems of the pod that is made
 * from it.
 */
export function shellProblems(shell: ShellAccess): readonly string[] {
  const { from, podTemplate, mutate, limits } = shell
  const sizes = sizeProblems(shell)
  if (sizes.length > 0) return sizes
  const problems = [
    ...((from === undefined) === (podTemplate === undefined)
      ? ['set exactly one of shell.from and shell.podTemplate']
      : []),
    ...(mutate ? mutationProblems('shell.mutate', mutate) : []),
    ...shellResources.flatMap((resource) => amountProblems(`shell.limits.${resource}`, limits?.[resource])),
  ]
  return problems.length > 0 || podTemplate === undefined ? problems : templateProblems(podTemplate, shell)
}

function sizeProblems({ podTemplate, mutate }: ShellAccess): readonly string[] {
  const sized = { podTemplate, 'mutate.jsonPatch': mutate?.jsonPatch, 'mutate.affinity': mutate?.affinity }
  return Object.entries(sized)
    .filter(([, value]) => isBeyondMeasure(value))
    .map(([field]) => `shell.${field} has more than ${measure}`)
}

function amountProblems(field: string, amount: string | number | undefined): readonly string[] {
  if (amount === undefined || parseQuantity(amount) !== undefined) return []
  return [say`${field} is not a quantity such as 500m or 1Gi: ${String(amount)}`]
}

/** Returns the problems of the access's own pod template. It tells all of the pod, so the mutation is tried on it. */
function templateProblems(podTemplate: unknown, shell: ShellAccess): readonly string[] {
  const checked = checkPodTemplate(podTemplate)
  if (!checked.ok) return checked.problems.map((problem) => problem.replace(/^template/, 'shell.podTemplate'))
  const { metadata = {}, ...rest } = checked.value
  const made = shellTemplate(checked.value, shell)
  return [
    ...Object.keys(rest)
      .filter((field) => field !== 'spec')
      .map((field) => say`shell.podTemplate.${field} is not a known field; known are metadata, spec`),
    ...Object.keys(metadata)
      .filter((field) => field !== 'labels' && field !== 'annotations')
      .map((field) => say`shell.podTemplate.metadata.${field} cannot be set; labels and annotations can`),
    ...(made.ok ? [] : made.problems.map((problem) => `shell, with its own podTemplate: ${problem}`)),
  ]
}

/**
 * Returns what can be known of a template's pods when it is applied. resolveShell tells the rest: a workload may change
 * at any time.
 */
export function shellFindings(shell: ShellAccess): OfferFindings {
  const problems = shellProblems(shell).map((problem) => `spec.access.${problem}`)
  return { problems, dangers: problems.length > 0 ? [] : dangersOf(shell) }
}

function dangersOf(shell: ShellAccess): readonly string[] {
  const checked = checkPodTemplate(shell.podTemplate)
  const made = checked.ok ? shellTemplate(checked.value, shell) : undefined
  return made?.ok ? shellDangers(made.template, undefined) : []
}
