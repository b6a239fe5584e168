import type { Command } from 'commander'
import { asking, mustBeUnderTemplate, type AddVerb, type AskOptions, type ParsedCommand } from '../request-verb.ts'

export const addRole: AddVerb<AskOptions> = (request, run, command) => {
  asking(request, 'role', 'Ask for the roles that a template gives, for a time.')
    .usage('--template NAME [options]')
    .action(async (_flags, self: ParsedCommand<AskOptions> & Command) => {
      const options = self.optsWithGlobals()
      mustBeUnderTemplate(options, self)
      if (command) self.error('error: roles take no command: leave out -- COMMAND')
      await run(options)
    })
}
