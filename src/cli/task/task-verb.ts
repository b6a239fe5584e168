import { withParameters, type RequestTaskOptions } from '../kinds/task-verb.ts'
import { isUnderTemplate, withTerms } from '../request/ask-options.ts'
import { objectName } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'
import { waiting } from '../enter/enter-verb.ts'

export interface TaskOptions extends Omit<RequestTaskOptions, 'name' | 'wait'> {
  /** The longest time to wait for the task. */
  readonly wait?: string
}

export const addTask: AddVerb = (program, { run }) => {
  const verb = program
    .command('task')
    .description('Have a task done in a pod, as a template offers it, and show its output.')
    .usage('TEMPLATE [POD] [options]')
    .argument('<template>', 'the AccessTemplate, or the pod if you name one with --cluster-template', objectName)
    .argument('[pod]', "the name of the pod; by default a ready pod of the template's target", objectName)
  waiting(withParameters(withTerms(verb)))
    .addHelpText('after', '\nThe exit code is that of the task.')
    .action(async (first: string, second: string | undefined, _flags, self: ParsedCommand<TaskOptions>) => {
      const given = self.optsWithGlobals()
      if (isUnderTemplate(given) && second !== undefined) self.error('error: name one template')
      const named = isUnderTemplate(given) ? { pod: first } : { template: first, ...(second && { pod: second }) }
      await run(async () => (await import('./task.ts')).task, { ...given, ...named })
    })
}
