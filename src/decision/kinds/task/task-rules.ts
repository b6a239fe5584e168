import type { TaskAsk, TaskTemplate } from '../../../api/kinds/access/task-access.ts'
import { holeWord } from '../../command/command.ts'
import { holeProblems } from '../../command/hole-problems.ts'
import { denied, type Deny } from '../../decision.ts'
import { say } from '../../text/sentence.ts'
import type { AccessRules } from '../access-rules.ts'
import { needOfPods } from '../author-need.ts'
import { beyondPod } from '../exec/exec-scope.ts'
import { parameterProblems } from './task-command.ts'

const field = 'spec.access.task'

/** The rules of a task that Sallyport runs in a pod of a workload. */
export const taskRules: AccessRules<'task'> = {
  pod: 'shared',
  enteredBy: 'sallyport',
  beyond: beyondTask,
  briefly: ({ target }) => say`task ${target.kind}/${target.name}`,
  workload: ({ target }) => ({ field: `${field}.target`, ref: target }),
  findings: (offered) => ({ problems: problemsOf(offered), dangers: dangersOf(offered) }),
  mayBringDangers: false,
  // An author may only offer what they could do themselves: add the container, and read its output.
  needs: (_offered, namespace) => [
    needOfPods('patch', 'ephemeralcontainers', namespace),
    needOfPods('get', 'log', namespace),
  ],
  // The requestor reads the output. Sallyport adds the container, and nobody enters it.
  scope: ({ parameters: values = {} }, offered) => ({
    commands: [],
    stdin: false,
    tty: false,
    subresources: ['log'],
    ...(offered && { taskTerms: { offered, values } }),
  }),
  namedPod: ({ pod }) => pod,
  facts: ({ pod, parameters = {} }) => ({ parameters, ...(pod !== undefined && { pod }) }),
  outlivesItsPod: () => false,
}

function beyondTask({ parameters: values = {} }: TaskAsk, offered: TaskTemplate, name: string): Deny | undefined {
  const problems = parameterProblems({ offered, values })
  return problems.length === 0 ? undefined : denied('E_TEMPLATE_BEYOND', `${name}: ${problems.join('; ')}`)
}

function problemsOf({ command, undo, parameters = [] }: TaskTemplate): readonly string[] {
  const holes = `${field}.parameters`
  const problems = holeProblems(
    { commands: [command], holes: parameters },
    { holes, command: () => `${field}.command` },
  )
  if (!undo) return problems
  // A parameter may be left out here.
  const used = parameters.filter((parameter) => undo.command.includes(holeWord(parameter)))
  const ofUndo = holeProblems(
    { commands: [undo.command], holes: used },
    { holes, command: () => `${field}.undo.command` },
  )
  return [...problems, ...ofUndo.filter((problem) => problem.startsWith(`${field}.undo`))]
}

function dangersOf({ capabilities = [], runAsUser }: TaskTemplate): readonly string[] {
  const added = beyondPod(capabilities)
  return [
    ...(added.length === 0 ? [] : [say`${field}.capabilities has ${added.join(', ')}`]),
    ...(runAsUser === 0 ? [`${field}.runAsUser is 0`] : []),
  ]
}
