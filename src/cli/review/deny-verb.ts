import { aboutRequest, type OneRequest } from '../verb/request-argument.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface DenyOptions extends OneRequest {
  readonly message?: string
}

export const addDeny: AddVerb = (program, { run }) => {
  aboutRequest(program, 'deny', 'Deny a pending request.')
    .option('--message <text>', 'why; it is shown in the status of the request')
    .action(async (request: string, _flags, self: ParsedCommand<Omit<DenyOptions, 'request'>>) => {
      await run(async () => (await import('./deny.ts')).deny, { ...self.optsWithGlobals(), request })
    })
}
