import { askAndFollow } from '../request/ask-and-follow.ts'
import { askedRequest, type NewRequest } from '../request/asked-request.ts'
import type { ExitCode } from '../output/exit-code.ts'
import { inSession } from '../connection/session.ts'
import type { RequestTaskOptions } from './task-verb.ts'

/** `request task`: asks for a task of a template, and says who must act next. */
export function requestTask(options: RequestTaskOptions): Promise<ExitCode> {
  return inSession(options, (session) => askAndFollow(session, taskRequest(options, session.namespace), options))
}

/** Builds the AccessRequest for a task that a command line asks for. */
export function taskRequest(options: RequestTaskOptions, namespace: string): NewRequest {
  const { pod, param, template, clusterTemplate } = options
  const task = { ...(pod !== undefined && { pod }), ...(param && { parameters: param }) }
  return askedRequest(options, {
    namespace,
    beginning: `task-${template ?? clusterTemplate ?? ''}`,
    access: { task },
  })
}
