import { allNamespacesOption, type Everywhere } from '../verb/request-argument.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'
import type { ClusterChoice } from '../connection/flags.ts'

export type ReviewOptions = ClusterChoice & Everywhere

export const addReview: AddVerb = (program, { run }) => {
  program
    .command('review')
    .description('Go through the requests that wait for you, the oldest first.')
    .addOption(allNamespacesOption())
    .addHelpText(
      'after',
      '\nEach request is shown as `approve` shows it. You approve it, deny it, skip it, or quit.' +
        '\nWithout a terminal, the first one is only shown, and the exit code is 1.',
    )
    .action(async (_flags, self: ParsedCommand<ReviewOptions>) => {
      await run(async () => (await import('./review.ts')).review, self.optsWithGlobals())
    })
}
