import type { ClusterChoice } from '../connection/flags.ts'
import { outputOption, type Format } from '../output/formats.ts'
import { allNamespacesOption, type Everywhere } from '../verb/request-argument.ts'
import { durationText, objectName } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface HistoryOptions extends ClusterChoice, Everywhere {
  /** The username of the requestor. `user` is a flag of kubectl already. */
  readonly of?: string
  readonly pod?: string
  readonly since: string
  readonly output?: Format
}

export const addHistory: AddVerb = (program, { run }) => {
  program
    .command('history')
    .description('List the requests of the last time, the newest first, with how each ended.')
    .option('--of <user>', 'only those of this user')
    .option('--pod <name>', 'only those for this pod', objectName)
    .option('--since <duration>', 'those that were made or went on in this time', durationText, '24h')
    .addOption(allNamespacesOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nSallyport keeps a request for a week after it has ended, if its config says nothing else (requests.retention).' +
        '\nOlder ones are in the audit events.',
    )
    .action(async (_flags, self: ParsedCommand<HistoryOptions>) => {
      await run(async () => (await import('./history.ts')).history, self.optsWithGlobals())
    })
}
