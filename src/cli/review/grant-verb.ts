import { aboutRequest, type OneRequest } from '../verb/request-argument.ts'
import { digestText, durationText } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface GrantOptions extends OneRequest {
  readonly digest?: string
  readonly duration?: string
  readonly message?: string
}

export const addGrant: AddVerb = (program, { run }) => {
  aboutRequest(program, 'grant', 'Show what a request asks for. With its digest, grant exactly that.')
    .option('--digest <digest>', 'the digest of what you looked at; without it, nothing is granted', digestText)
    .option('--duration <duration>', 'a shorter duration than the request asks for', durationText)
    .option('--message <text>', 'a message to the requestor')
    .action(async (request: string, _flags, self: ParsedCommand<Omit<GrantOptions, 'request'>>) => {
      await run(async () => (await import('./grant.ts')).grant, { ...self.optsWithGlobals(), request })
    })
}
