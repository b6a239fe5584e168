import { aboutRequest, type OneRequest } from '../verb/request-argument.ts'
import { messageText } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface DenyOptions extends OneRequest {
  readonly message?: string
}

export const addDeny: AddVerb = (program, { run }) => {
  aboutRequest(program, 'deny', 'Deny a pending request.')
    .alias('reject')
    .option(
      '-m, --message <text>',
      'why; the requestor reads it. At a terminal you are asked if you leave it out',
      messageText,
    )
    .action(async (request: string, _flags, self: ParsedCommand<Omit<DenyOptions, 'request'>>) => {
      await run(async () => (await import('./deny.ts')).deny, { ...self.optsWithGlobals(), request })
    })
}
