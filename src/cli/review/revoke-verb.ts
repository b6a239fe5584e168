import { aboutRequest, type OneRequest } from '../verb/request-argument.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface RevokeOptions extends OneRequest {
  readonly message?: string
}

export const addRevoke: AddVerb = (program, { run }) => {
  aboutRequest(program, 'revoke', 'End an access or a pending request, your own or one that you may grant.')
    .option('--message <text>', 'why; it is shown in the status of the request')
    .action(async (request: string, _flags, self: ParsedCommand<Omit<RevokeOptions, 'request'>>) => {
      await run(async () => (await import('./revoke.ts')).revoke, { ...self.optsWithGlobals(), request })
    })
}
