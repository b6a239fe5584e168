import { asking, mustBeUnderTemplate, type AskOptions } from '../request/ask-options.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'
import { quantityText } from '../verb/usage-values.ts'

export interface RequestShellOptions extends AskOptions {
  readonly cpu?: string
  readonly memory?: string
  readonly ephemeralStorage?: string
}

export const addShell: AddVerb = (request, { run }) => {
  asking(request, 'shell', 'Ask for a pod of your own beside a workload, as a template offers it.')
    .usage('--template NAME [options]')
    .option('--cpu <quantity>', 'the CPU of the pod, such as 500m', quantityText)
    .option('--memory <quantity>', 'the memory of the pod, such as 1Gi', quantityText)
    .option('--ephemeral-storage <quantity>', 'the ephemeral storage of the pod, such as 1Gi', quantityText)
    .action(async (_flags, self: ParsedCommand<RequestShellOptions>) => {
      mustBeUnderTemplate(self)
      await run(async () => (await import('./request-shell.ts')).requestShell, self.optsWithGlobals())
    })
}
