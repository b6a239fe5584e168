import type { Wanted } from './create-object.ts'
import { generatedName } from './generated-name.ts'
import type { RequestExecOptions } from './program.ts'

/** The AccessRequest that a command line asks for. */
export function execRequest(options: RequestExecOptions, namespace: string): Wanted {
  const { pod, container, command, reason, duration, once, stdin, tty, subresource, name } = options
  return {
    metadata: { namespace, ...(name === undefined ? { generateName: generatedName(`exec-${pod}`) } : { name }) },
    spec: {
      reason,
      ...(duration !== undefined && { duration }),
      ...(once && { once }),
      exec: {
        pod,
        ...(container !== undefined && { container }),
        ...(command && { command }),
        ...(stdin && { stdin }),
        ...(tty && { tty }),
        ...(subresource && { subresources: subresource }),
      },
    },
  }
}
