import { aboutRequest, type OneRequest } from '../verb/request-argument.ts'
import { durationText } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface WaitOptions extends OneRequest {
  readonly timeout?: string
}

export const addWait: AddVerb = (program, { run }) => {
  aboutRequest(program, 'wait', 'Wait until a request is ready, and say what to type.')
    .option(
      '--timeout <duration>',
      'the longest time to wait, such as 10m; by default until it has ended',
      durationText,
    )
    .action(async (request: string, _flags, self: ParsedCommand<Omit<WaitOptions, 'request'>>) => {
      await run(async () => (await import('./wait.ts')).wait, { ...self.optsWithGlobals(), request })
    })
}
