import type { ShellAccess } from '../../api/kinds/shell-access.ts'
import { checkPodTemplate } from '../../api/pod-template.ts'
import type { ShellFindings } from '../../decision/template-admission.ts'
import { shellDangers } from './dangers.ts'
import { shellProblems } from './shell-problems.ts'
import { shellTemplate } from './shell-template.ts'

/** What can be said of a template's pods when it is applied. Of a workload's, which may change at any time, resolveShell does. */
export function shellFindings(shell: ShellAccess): ShellFindings {
  const problems = shellProblems(shell).map((problem) => `spec.access.${problem}`)
  return { problems, dangers: problems.length > 0 ? [] : dangersOf(shell) }
}

function dangersOf(shell: ShellAccess): readonly string[] {
  const checked = checkPodTemplate(shell.podTemplate)
  const made = checked.ok ? shellTemplate(checked.value, shell) : undefined
  return made?.ok ? shellDangers(made.template, undefined) : []
}
