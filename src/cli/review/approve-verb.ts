import { aboutRequest, type OneRequest } from '../verb/request-argument.ts'
import { digestText, durationText, messageText } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface ApproveOptions extends OneRequest {
  /** The digest of what the approver looked at before. Without it, they are shown the request and asked. */
  readonly digest?: string
  /** A shorter duration than the request asks for. */
  readonly duration?: string
  readonly message?: string
  /** True if the approver agrees with all that is shown, without being asked. */
  readonly yes?: boolean
}

export const addApprove: AddVerb = (program, { run }) => {
  aboutRequest(program, 'approve', 'Show what a request asks for and what it could do. Then approve exactly that.')
    .alias('grant')
    .option('--for, --duration <duration>', 'a shorter duration than the request asks for, such as 10m', durationText)
    .option('-m, --message <text>', 'a message to the requestor', messageText)
    .option('-y, --yes', 'approve what is shown without being asked')
    .option('--digest <digest>', 'the digest of what you looked at before; you are not asked', digestText)
    .addHelpText(
      'after',
      '\nIf the request has changed between your look and your answer, nothing is approved.' +
        '\nWithout a terminal, and without --yes or --digest, the request is only shown, and the exit code is 1.',
    )
    .action(async (request: string, _flags, self: ParsedCommand<Omit<ApproveOptions, 'request'>>) => {
      await run(async () => (await import('./approve.ts')).approve, { ...self.optsWithGlobals(), request })
    })
}
