import type { Command } from 'commander'
import type { StringMap } from '../../api/fields.ts'
import { asking, mustBeUnderTemplate, type AskOptions } from '../request/ask-options.ts'
import { objectName, parameterText } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface RequestTaskOptions extends AskOptions {
  /** Without it, the task runs in a ready pod of the template's target. */
  readonly pod?: string
  readonly param?: StringMap
}

export const addTask: AddVerb = (request, { run }) => {
  withParameters(asking(request, 'task', 'Ask for a task: a command that Sallyport runs in a pod with privilege.'))
    .usage('[POD] --template NAME [options]')
    .argument('[pod]', "the name of the pod; by default a ready pod of the template's target", objectName)
    .action(async (pod: string | undefined, _flags, self: ParsedCommand<Omit<RequestTaskOptions, 'pod'>>) => {
      mustBeUnderTemplate(self)
      const options: RequestTaskOptions = { ...self.optsWithGlobals(), ...(pod !== undefined && { pod }) }
      await run(async () => (await import('./request-task.ts')).requestTask, options)
    })
}

/** Adds the option that gives values to the parameters of a task. */
export function withParameters(verb: Command): Command {
  return verb.option(
    '--param <name=value>',
    'a value for a parameter of the task, such as port=8080; repeatable',
    parameterText,
  )
}
