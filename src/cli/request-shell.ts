import { askAndFollow } from './ask-and-follow.ts'
import type { ExitCode } from './exit-code.ts'
import type { RequestShellOptions } from './program.ts'
import { inSession } from './session.ts'
import { shellRequest } from './shell-request.ts'

/** `request shell`: asks for a pod of one's own, and says who has to do what now. */
export function requestShell(options: RequestShellOptions): Promise<ExitCode> {
  return inSession(options, (session) => askAndFollow(session, shellRequest(options, session.namespace), options))
}
