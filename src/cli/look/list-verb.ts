import { Option } from 'commander'
import type { ClusterChoice } from '../connection/flags.ts'
import { outputOption, type Format } from '../output/formats.ts'
import { allNamespacesOption, type Everywhere } from '../verb/request-argument.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface ListOptions extends ClusterChoice, Everywhere {
  readonly mine?: boolean
  readonly toReview?: boolean
  readonly all?: boolean
  readonly output?: Format
}

export const addList: AddVerb = (program, { run }) => {
  program
    .command('list')
    .description('List the requests that have not ended.')
    .addOption(new Option('--mine', 'yours, also those that ended in the last 24 hours').conflicts(['toReview', 'all']))
    .addOption(new Option('--to-review', 'those that wait for your verdict, the oldest first').conflicts('all'))
    .option('--all', 'also those that have ended')
    .addOption(allNamespacesOption())
    .addOption(outputOption())
    .action(async (_flags, self: ParsedCommand<ListOptions>) => {
      await run(async () => (await import('./list.ts')).list, self.optsWithGlobals())
    })
}
