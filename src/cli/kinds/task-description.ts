import type { AccessRequestStatus, Target } from '../../api/kinds/access-request-status.ts'
import type { TaskAsk, TaskTemplate } from '../../api/kinds/access/task-access.ts'
import { holeTexts } from '../../decision/command/command-text.ts'
import {
  filledCommand,
  filledUndo,
  taskCommand,
  undoCommand,
  type TaskTerms,
} from '../../decision/kinds/task/task-command.ts'
import type { Line } from '../output/lines.ts'
import { shownCommand } from '../output/shown-command.ts'
import type { AccessDescription } from './access-description.ts'

export const taskDescription: AccessDescription<'task'> = {
  shownFields: ['pod', 'parameters'],
  request: (asked, status, scope) => [
    ...linesOfTarget(asked, status.target),
    ...(scope?.taskTerms ? linesOfTask(scope.taskTerms) : [parametersLine(asked)]),
    ...linesOfResult(status),
  ],
  again: (asked, { target }) => ({ ...asked, ...(target && { pod: target.pod }) }),
  offer: linesOfOffer,
  lacks: ({ parameters: values = {} }, { parameters = [] }) =>
    parameters.flatMap(({ name }) => (Object.hasOwn(values, name) ? [] : [name])),
  withValues: ({ parameters, ...asked }, values) => ({ ...asked, parameters: { ...parameters, ...values } }),
  warning: () => undefined,
}

function linesOfTarget({ pod }: TaskAsk, target: Target | undefined): readonly Line[] {
  if (!target) return [['pod', pod]]
  const { node, container } = target
  return [
    ['pod', node === undefined ? target.pod : `${target.pod} on node ${node}`],
    ['beside', `container ${container}, whose processes the task sees`],
  ]
}

function linesOfTask(terms: TaskTerms): readonly Line[] {
  const { offered } = terms
  const privilege = privilegeOf(offered)
  const undo = filledUndo(terms)
  return [
    ['command', shownCommand(filledCommand(terms))],
    ['image', offered.image],
    ...(privilege === undefined ? [] : [['privilege', privilege, 'loud'] as const]),
    ['deadline', offered.deadline ?? 'the end of the access'],
    ['afterwards', undo && `it is undone by ${shownCommand(undo)}`],
  ]
}

function parametersLine({ parameters }: TaskAsk): Line {
  return ['parameters', parameters && JSON.stringify(parameters)]
}

function privilegeOf({ capabilities = [], runAsUser, runAsGroup }: TaskTemplate): string | undefined {
  const parts = [
    ...(capabilities.length > 0 ? [`CAPABILITIES ${capabilities.join(', ')}`] : []),
    ...(runAsUser === undefined ? [] : [`user ${runAsUser}`]),
    ...(runAsGroup === undefined ? [] : [`group ${runAsGroup}`]),
  ]
  return parts.length === 0 ? undefined : parts.join(', ')
}

function linesOfResult({ task }: AccessRequestStatus): readonly Line[] {
  if (!task) return []
  const { exitCode, outputBytes, outputSHA256, outputProblem } = task
  return [
    ['exit code', String(exitCode)],
    ['output', outputProblem ?? `${outputBytes ?? 0} bytes, SHA-256 ${outputSHA256 ?? ''}`],
  ]
}

function linesOfOffer(offered: TaskTemplate): readonly string[] {
  const { target, image } = offered
  const command = taskCommand(offered)
  const privilege = privilegeOf(offered)
  const undo = undoCommand(offered)
  return [
    `a task in ${target.kind} ${target.name}`,
    `command ${shownCommand(command)}`,
    ...holeTexts([command]).map((text) => `where ${text}`),
    `image ${image}`,
    ...(undo ? [`undone at the end by ${shownCommand(undo)}`] : []),
    ...(privilege === undefined ? [] : [`with ${privilege}`]),
  ]
}
