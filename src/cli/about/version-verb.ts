import { Option } from 'commander'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'
import type { ClusterChoice } from '../connection/flags.ts'

export interface VersionOptions extends ClusterChoice {
  /** Ask no server. */
  readonly client?: boolean
  readonly output?: 'json' | 'yaml'
}

export const addVersion: AddVerb = (program, { run }) => {
  program
    .command('version')
    .description('Show the version of this program, and of Sallyport in the cluster.')
    .option('--client', 'show only the version of this program')
    .addOption(new Option('-o, --output <format>', 'the output format; lines by default').choices(['json', 'yaml']))
    .action(async (_flags, self: ParsedCommand<VersionOptions>) => {
      await run(async () => (await import('./show-version.ts')).showVersion, self.optsWithGlobals())
    })
}
