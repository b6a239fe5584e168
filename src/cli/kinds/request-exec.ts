import { askAndFollow } from '../request/ask-and-follow.ts'
import type { ExitCode } from '../output/exit-code.ts'
import type { RequestExecOptions } from './exec-verb.ts'
import { inSession } from '../connection/session.ts'
import { askedRequest, type NewRequest } from '../request/asked-request.ts'

/** `request exec`: makes the request, and says who must act next. */
export function requestExec(options: RequestExecOptions): Promise<ExitCode> {
  return inSession(options, (session) => askAndFollow(session, execRequest(options, session.namespace), options))
}

/** Builds the AccessRequest that a command line asks for. */
export function execRequest(options: RequestExecOptions, namespace: string): NewRequest {
  const { pod, once, template, clusterTemplate } = options
  const beginning = `exec-${pod ?? template ?? clusterTemplate ?? ''}`
  return askedRequest(options, { namespace, beginning, access: { ...(once && { once }), exec: execOf(options) } })
}

function execOf(options: RequestExecOptions): object {
  const { pod, container, command, stdin, tty, debug, subresource, waitForPod } = options
  return {
    ...(pod !== undefined && { pod }),
    ...(container !== undefined && { container }),
    ...(command && { command }),
    ...(stdin && { stdin }),
    ...(tty && { tty }),
    ...(debug && { debug }),
    ...(subresource && { subresources: subresource }),
    ...(waitForPod && { waitForPod }),
  }
}
