import { askAndFollow } from '../request/ask-and-follow.ts'
import type { ExitCode } from '../output/exit-code.ts'
import type { RequestShellOptions } from './shell-verb.ts'
import { inSession } from '../connection/session.ts'
import { askedRequest, type NewRequest } from '../request/asked-request.ts'

/** `request shell`: asks for a shell pod, and says who must act next. */
export function requestShell(options: RequestShellOptions): Promise<ExitCode> {
  return inSession(options, (session) => askAndFollow(session, shellRequest(options, session.namespace), options))
}

/** Builds the AccessRequest for a shell pod that a command line asks for. */
export function shellRequest(options: RequestShellOptions, namespace: string): NewRequest {
  const { cpu, memory, ephemeralStorage, template, clusterTemplate } = options
  const resources = {
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(ephemeralStorage !== undefined && { 'ephemeral-storage': ephemeralStorage }),
  }
  const shell = Object.keys(resources).length > 0 ? { resources } : {}
  const beginning = `shell-${template ?? clusterTemplate ?? ''}`
  return askedRequest(options, { namespace, beginning, access: { shell } })
}
