import type { ClusterChoice } from '../connection/flags.ts'
import { mustStandBehindDashes } from '../enter/enter-verb.ts'
import { placeText, type Place } from '../enter/place.ts'
import { durationText, objectName } from '../verb/usage-values.ts'
import { takesCommand, type AddVerb, type ParsedCommand } from '../verb/verb.ts'

export interface CanIExecOptions extends ClusterChoice {
  readonly place: Place
  readonly container?: string
  readonly stdin?: boolean
  readonly tty?: boolean
  readonly duration?: string
  /** Without it, the question is about a shell. */
  readonly command?: readonly string[]
}

export interface CanIShellOptions extends ClusterChoice {
  readonly template: string
}

export const addCanI: AddVerb = (program, { command, run }) => {
  const canI = program
    .command('can-i')
    .description(
      'Say if you have access now, and else how to get it. Exit code: 0 yes, 3 no, 1 if that cannot be told.',
    )
  takesCommand(canI.command('exec'))
    .description('May you run a command in this pod?')
    .usage('POD|TYPE/NAME [options] [-- COMMAND...]')
    .argument('<pod>', 'POD, or TYPE/NAME such as deploy/web, as kubectl takes it', placeText)
    .option('-c, --container <name>', 'the container; by default the one that kubectl takes', objectName)
    .option('-i, --stdin', 'with your input')
    .option('-t, --tty', 'with a terminal')
    .option('--for, --duration <duration>', 'for how long, such as 30m', durationText)
    .allowExcessArguments()
    .addHelpText('after', '\nWithout -- COMMAND, it is about an interactive shell, as in kubectl access exec.')
    .action(async (place: Place, _flags, self: ParsedCommand<Omit<CanIExecOptions, 'place' | 'command'>>) => {
      mustStandBehindDashes(self, 1)
      const options: CanIExecOptions = { ...self.optsWithGlobals(), place, ...(command && { command }) }
      await run(async () => (await import('./can-i.ts')).canIExec, options)
    })
  canI
    .command('shell')
    .description('Do you have a shell pod of this template?')
    .usage('TEMPLATE [options]')
    .argument('<template>', 'the AccessTemplate or ClusterAccessTemplate', objectName)
    .action(async (template: string, _flags, self: ParsedCommand<ClusterChoice>) => {
      await run(async () => (await import('./can-i.ts')).canIShell, { ...self.optsWithGlobals(), template })
    })
}
