import type { StringMap } from '../../../api/fields.ts'
import type { TaskTemplate } from '../../../api/kinds/access/task-access.ts'
import type { TaskResult } from '../../../api/kinds/access/task-result.ts'
import { readCommands, type Command } from '../../command/command.ts'
import { createHoleCheck } from '../../command/hole-rule.ts'
import { say } from '../../text/sentence.ts'

/** The task that a template offers, with the values that a request gives to its parameters. */
export interface TaskTerms {
  readonly offered: TaskTemplate
  readonly values: StringMap
}

/** Returns the command of a task with its parameters as holes. */
export function taskCommand({ command, parameters }: TaskTemplate): Command {
  const [read = []] = readCommands({ commands: [command], holes: parameters })
  return read
}

/** Returns the argv of a task. Call it only with values that have no problems: a missing one is an empty word. */
export function filledCommand({ offered, values }: TaskTerms): readonly string[] {
  return filled(taskCommand(offered), values)
}

/** Returns the command that undoes a task, with its parameters as holes. Undefined if the template offers none. */
export function undoCommand({ undo, parameters }: TaskTemplate): Command | undefined {
  return undo && readCommands({ commands: [undo.command], holes: parameters })[0]
}

/** Returns the argv that undoes a task. Undefined if the template offers none. */
export function filledUndo({ offered, values }: TaskTerms): readonly string[] | undefined {
  const command = undoCommand(offered)
  return command && filled(command, values)
}

function filled(command: Command, values: StringMap): readonly string[] {
  return command.map((word) => (typeof word === 'string' ? word : (valueOf(values, word.name) ?? '')))
}

/** True if the access goes on after its task: the effect of the task lasts, and is undone when the access ends. */
export function isLasting({ exitCode }: Pick<TaskResult, 'exitCode'>, { offered }: TaskTerms): boolean {
  return exitCode === 0 && offered.undo !== undefined
}

/** Says what is wrong with the values that a request gives: clauses that name the parameter. */
export function parameterProblems({ offered: { parameters = [] }, values }: TaskTerms): readonly string[] {
  const check = createHoleCheck()
  const known = new Set(parameters.map(({ name }) => name))
  const others = Object.keys(values).filter((name) => !known.has(name))
  const listed = [...known].join(', ') || 'none'
  return [
    ...others.map((name) => say`it has no parameter ${name}; it has ${listed}`),
    ...parameters.flatMap((parameter) => {
      const value = valueOf(values, parameter.name)
      if (value === undefined) return [say`parameter ${parameter.name} is missing`]
      const problem = check(parameter, value)
      return problem === undefined ? [] : [say`parameter ${parameter.name} ` + problem]
    }),
  ]
}

// Users choose the keys.
function valueOf(values: StringMap, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}
