import { allNamespacesOption, type Everywhere } from '../verb/request-argument.ts'
import { messageText, requestName } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'
import type { ClusterChoice } from '../connection/flags.ts'

/** The options of `revoke`. It is about one request, or about all of one user. */
export interface RevokeOptions extends ClusterChoice, Everywhere {
  readonly request?: string
  readonly allOf?: string
  readonly message?: string
  readonly yes?: boolean
}

export const addRevoke: AddVerb = (program, { run }) => {
  program
    .command('revoke')
    .description('End an access or a pending request, your own or one that you may approve.')
    .usage('REQUEST | --all-of USER [options]')
    .argument('[request]', 'the name of the request', requestName)
    .option('--all-of <user>', 'end all that this user has or asks for. At a terminal you are asked first')
    .addOption(allNamespacesOption())
    .option('-m, --message <text>', 'why; it is shown in the status of the request', messageText)
    .option('-y, --yes', 'do it without being asked')
    .addHelpText(
      'after',
      '\nNo new session can be opened then. A session that is open already runs until its command exits.',
    )
    .action(async (request: string | undefined, _flags, self: ParsedCommand<Omit<RevokeOptions, 'request'>>) => {
      const options: RevokeOptions = { ...self.optsWithGlobals(), ...(request !== undefined && { request }) }
      if ((request === undefined) === (options.allOf === undefined))
        self.error('error: name one request, or a user with --all-of')
      if (options.allNamespaces && request !== undefined) self.error('error: -A goes only with --all-of')
      await run(async () => (await import('./revoke.ts')).revoke, options)
    })
}
