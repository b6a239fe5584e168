import { Option } from 'commander'
import type { ClusterChoice } from '../connection/flags.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface DoctorOptions extends ClusterChoice {
  readonly output?: 'json'
  /** Try the closed ways. */
  readonly canary?: boolean
  readonly yes?: boolean
  /** Tell who would have been denied. */
  readonly observed?: boolean
}

export const addDoctor: AddVerb = (program, { run }) => {
  program
    .command('doctor')
    .description('Find everything that lets people around the gate, and what is wrong with the gate itself.')
    .usage('[--canary | --observed] [options]')
    .addOption(
      new Option('--canary', 'also try each way in with a throw-away identity, and say which opened').conflicts(
        'observed',
      ),
    )
    .option('-y, --yes', 'do not ask before the canary makes its objects')
    .option('--observed', 'tell who would have been denied, from the logs of the replicas, and check nothing')
    .addOption(new Option('-o, --output <format>', 'the output format; a table by default').choices(['json']))
    .addHelpText(
      'after',
      '\nIt needs the rights of an administrator, and says what it could not check.' +
        '\nExit code: 0 if it found nothing, or only notes; 1 if it found something, or could not check something.' +
        '\n-n with --canary names a namespace to try in. By default the canary makes one for itself.',
    )
    .action(async (_flags, self: ParsedCommand<DoctorOptions>) => {
      await run(async () => (await import('./doctor.ts')).doctor, self.optsWithGlobals())
    })
}
