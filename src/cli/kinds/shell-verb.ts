import type { Command } from 'commander'
import { asking, mustBeUnderTemplate, type AddVerb, type AskOptions, type ParsedCommand } from '../request-verb.ts'
import { quantityText } from '../usage-values.ts'

export interface RequestShellOptions extends AskOptions {
  readonly cpu?: string
  readonly memory?: string
  readonly ephemeralStorage?: string
}

export const addShell: AddVerb<RequestShellOptions> = (request, run, command) => {
  asking(request, 'shell', 'Ask for a pod of your own beside a workload, as a template offers it.')
    .usage('--template NAME [options]')
    .option('--cpu <quantity>', 'the CPU of the pod, such as 500m', quantityText)
    .option('--memory <quantity>', 'the memory of the pod, such as 1Gi', quantityText)
    .option('--ephemeral-storage <quantity>', 'the ephemeral storage of the pod, such as 1Gi', quantityText)
    .action(async (_flags, self: ParsedCommand<RequestShellOptions> & Command) => {
      const options = self.optsWithGlobals()
      mustBeUnderTemplate(options, self)
      if (command) self.error('error: a shell takes no command: leave out -- COMMAND, and exec when the pod is ready')
      await run(options)
    })
}
