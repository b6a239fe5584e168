import type { AddVerb, ParsedCommand } from '../verb/verb.ts'
import type { ClusterChoice } from '../connection/flags.ts'

export const addTemplates: AddVerb = (program, { run }) => {
  program
    .command('templates')
    .description('Show what you may ask for in a namespace.')
    .action(async (_flags, self: ParsedCommand<ClusterChoice>) => {
      await run(async () => (await import('./list-templates.ts')).listTemplates, self.optsWithGlobals())
    })
}
