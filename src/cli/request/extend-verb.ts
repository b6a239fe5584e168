import { aboutRequest, type OneRequest } from '../verb/request-argument.ts'
import { durationText, reasonText } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface ExtendOptions extends OneRequest {
  readonly duration?: string
  readonly reason?: string
  readonly wait?: string | true
}

export const addExtend: AddVerb = (program, { run }) => {
  aboutRequest(program, 'extend', 'Ask for the same access again, before it ends or after.')
    .option('--for, --duration <duration>', 'for how long, such as 1h; by default as long as before', durationText)
    .option('--reason <text>', 'why you need it for longer; by default the reason of before', reasonText)
    .option('--wait [timeout]', 'wait until the access is ready, at most so long, such as --wait=10m', durationText)
    .addHelpText(
      'after',
      '\nIt makes a new request, which must be approved like the first one. The time counts from its approval.',
    )
    .action(async (request: string, _flags, self: ParsedCommand<Omit<ExtendOptions, 'request'>>) => {
      await run(async () => (await import('./extend.ts')).extend, { ...self.optsWithGlobals(), request })
    })
}
