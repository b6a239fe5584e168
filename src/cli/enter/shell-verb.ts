import type { RequestShellOptions } from '../kinds/shell-verb.ts'
import { isUnderTemplate, withTerms } from '../request/ask-options.ts'
import { objectName, quantityText } from '../verb/usage-values.ts'
import { takesCommand, type AddVerb, type ParsedCommand } from '../verb/verb.ts'
import { mustStandBehindDashes, waiting } from './enter-verb.ts'

export interface ShellOptions extends Omit<RequestShellOptions, 'name' | 'wait'> {
  /** The longest time to wait for the pod. */
  readonly wait?: string
  /** Without it, the user gets sh. */
  readonly command?: readonly string[]
}

export const addShell: AddVerb = (program, { command, run }) => {
  const verb = program
    .command('shell')
    .description('Go into a pod of your own, as a template offers it. Asks for it if you have none.')
    .usage('TEMPLATE [options] [-- COMMAND...]')
    .argument('[template]', 'the AccessTemplate; or name one with --cluster-template', objectName)
  waiting(withTerms(takesCommand(verb)))
    .option('--cpu <quantity>', 'the CPU of the pod, such as 500m', quantityText)
    .option('--memory <quantity>', 'the memory of the pod, such as 1Gi', quantityText)
    .option('--ephemeral-storage <quantity>', 'the ephemeral storage of the pod, such as 1Gi', quantityText)
    .allowExcessArguments()
    .addHelpText('after', '\nWithout -- COMMAND, you get sh. A pod that you have from this template is used again.')
    .action(async (template: string | undefined, _flags, self: ParsedCommand<Omit<ShellOptions, 'command'>>) => {
      mustStandBehindDashes(self, 1)
      const options: ShellOptions = {
        ...self.optsWithGlobals(),
        ...(template !== undefined && { template }),
        ...(command && { command }),
      }
      if (template !== undefined && options.clusterTemplate !== undefined) self.error('error: name one template')
      if (!isUnderTemplate(options)) self.error('error: name a template, or one with --cluster-template')
      await run(async () => (await import('./shell.ts')).shell, options)
    })
}
