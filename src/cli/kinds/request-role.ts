import { askAndFollow } from '../request/ask-and-follow.ts'
import { askedRequest, type NewRequest } from '../request/asked-request.ts'
import type { ExitCode } from '../output/exit-code.ts'
import type { AskOptions } from '../request/ask-options.ts'
import { inSession } from '../connection/session.ts'

/** `request role`: asks for the roles of a template, and says who must act next. */
export function requestRole(options: AskOptions): Promise<ExitCode> {
  return inSession(options, (session) => askAndFollow(session, roleRequest(options, session.namespace), options))
}

/** Builds the AccessRequest for roles that a command line asks for. */
export function roleRequest(options: AskOptions, namespace: string): NewRequest {
  const beginning = `role-${options.template ?? options.clusterTemplate ?? ''}`
  return askedRequest(options, { namespace, beginning, access: { role: {} } })
}
