import { askAndFollow } from './ask-and-follow.ts'
import { execRequest } from './exec-request.ts'
import type { ExitCode } from './exit-code.ts'
import type { RequestExecOptions } from './program.ts'
import { inSession } from './session.ts'

/** `request exec`: asks, and says who has to do what now. */
export function requestExec(options: RequestExecOptions): Promise<ExitCode> {
  return inSession(options, (session) => askAndFollow(session, execRequest(options, session.namespace), options))
}
