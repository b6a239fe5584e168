import { asking, mustBeUnderTemplate, type AskOptions } from '../request/ask-options.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export const addRole: AddVerb = (request, { run }) => {
  asking(request, 'role', 'Ask for the roles that a template gives, for a time.')
    .usage('--template NAME [options]')
    .action(async (_flags, self: ParsedCommand<AskOptions>) => {
      mustBeUnderTemplate(self)
      await run(async () => (await import('./request-role.ts')).requestRole, self.optsWithGlobals())
    })
}
