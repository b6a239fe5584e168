import { takesCommand, type AddVerb, type ParsedCommand } from '../verb/verb.ts'
import type { EnterOptions } from './entry.ts'
import { entering, mustStandBehindDashes, withSession } from './enter-verb.ts'
import type { Place } from './place.ts'

export interface DebugOptions extends Omit<EnterOptions, 'once'> {
  readonly image: string
  readonly stdin?: boolean
  readonly tty?: boolean
  readonly profile?: string
  /** Without it, the image runs its own command, and the user is attached to it. */
  readonly command?: readonly string[]
}

export const addDebug: AddVerb = (program, { command, run }) => {
  const verb = entering(program, 'debug', 'Add a debug container to a pod. Asks for access if you have none.')
  withSession(takesCommand(verb))
    .usage('POD --image IMAGE [options] [-- COMMAND...]')
    .requiredOption('--image <image>', 'the image, exactly as a template offers it')
    .option('--profile <profile>', 'the profile of kubectl debug; by default the one that the template allows')
    .allowExcessArguments()
    .addHelpText(
      'after',
      '\nDebug containers are offered by templates. -c names the container whose processes you see.' +
        '\nWithout -- COMMAND, you are attached to the debug container.',
    )
    .action(async (place: Place, _flags, self: ParsedCommand<Omit<DebugOptions, 'place' | 'command'>>) => {
      mustStandBehindDashes(self, 1)
      if (place.type !== undefined) self.error('error: kubectl debug takes a pod: name one')
      const options: DebugOptions = { ...self.optsWithGlobals(), place, ...(command && { command }) }
      await run(async () => (await import('./debug.ts')).debug, options)
    })
}
