import type { AddVerb, ParsedCommand } from '../verb/verb.ts'
import type { EnterOptions } from './entry.ts'
import { entering } from './enter-verb.ts'
import type { Place } from './place.ts'

export interface PortForwardOptions extends EnterOptions {
  /** The ports as kubectl takes them: `8080`, `8080:80`, `:80`. */
  readonly ports: readonly string[]
  readonly address?: string
}

export const addPortForward: AddVerb = (program, { run }) => {
  entering(program, 'port-forward', 'Forward local ports to a pod. Asks for access if you have none.')
    .argument('<ports...>', '[LOCAL:]PORT, as kubectl takes it')
    .usage('POD|TYPE/NAME [options] [LOCAL:]PORT...')
    .option('--address <addresses>', 'the addresses of this machine to listen on; by default localhost')
    .action(
      async (
        place: Place,
        ports: readonly string[],
        _flags,
        self: ParsedCommand<Omit<PortForwardOptions, 'place' | 'ports'>>,
      ) => {
        await run(async () => (await import('./port-forward.ts')).portForward, {
          ...self.optsWithGlobals(),
          place,
          ports,
        })
      },
    )
}
