import type { Wanted } from './create-object.ts'
import { askedRequest } from './asked-request.ts'
import type { RequestExecOptions } from './program.ts'

/** The AccessRequest that a command line asks for. */
export function execRequest(options: RequestExecOptions, namespace: string): Wanted {
  const { pod, once, template, clusterTemplate } = options
  const beginning = `exec-${pod ?? template ?? clusterTemplate ?? ''}`
  return askedRequest(options, { namespace, beginning, access: { ...(once && { once }), exec: execOf(options) } })
}

function execOf({ pod, container, command, stdin, tty, debug, subresource }: RequestExecOptions): object {
  return {
    ...(pod !== undefined && { pod }),
    ...(container !== undefined && { container }),
    ...(command && { command }),
    ...(stdin && { stdin }),
    ...(tty && { tty }),
    ...(debug && { debug }),
    ...(subresource && { subresources: subresource }),
  }
}
