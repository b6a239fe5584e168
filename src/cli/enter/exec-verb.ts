import { takesCommand, type AddVerb, type ParsedCommand } from '../verb/verb.ts'
import type { EnterOptions } from './entry.ts'
import { entering, mustStandBehindDashes, withSession } from './enter-verb.ts'
import type { Place } from './place.ts'

export interface ExecOptions extends EnterOptions {
  readonly stdin?: boolean
  readonly tty?: boolean
  /** Without it, the user gets a shell. */
  readonly command?: readonly string[]
}

export const addExec: AddVerb = (program, { command, run }) => {
  const verb = takesCommand(entering(program, 'exec', 'Run a command in a pod. Asks for access if you have none.'))
  withSession(verb)
    .usage('POD|TYPE/NAME [options] [-- COMMAND...]')
    .option('--once', 'ask for one use only')
    .allowExcessArguments()
    .addHelpText(
      'after',
      '\nWithout -- COMMAND, you get an interactive shell: sh, or bash where only that is offered.' +
        '\nThe exit code is that of the command, or 3 (denied), 4 (not ready in time) or 5 (the request has ended).',
    )
    .action(async (place: Place, _flags, self: ParsedCommand<Omit<ExecOptions, 'place' | 'command'>>) => {
      mustStandBehindDashes(self, 1)
      const options: ExecOptions = { ...self.optsWithGlobals(), place, ...(command && { command }) }
      await run(async () => (await import('./exec.ts')).exec, options)
    })
}
