import { isFinished, isGranted } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { Refusal } from '../output/failure.ts'
import { readRequest } from '../request/read-request.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import type { RevokeOptions } from './revoke-verb.ts'
import { revokeAllOf } from './revoke-all-of.ts'
import { openSessions, revokeRequest } from './revoke-request.ts'

/** `revoke`: ends an access or a pending request at once, or all of one user. */
export function revoke(options: RevokeOptions): Promise<ExitCode> {
  const { request = '', allOf, message } = options
  return inSession(options, (session) =>
    allOf === undefined ? revokeOne(session, request, message) : revokeAllOf(session, { ...options, user: allOf }),
  )
}

async function revokeOne(session: CliSession, name: string, message: string | undefined): Promise<ExitCode> {
  const request = await readRequest(session, name)
  if (isFinished(request)) {
    throw new Refusal(say`Request ${name} has already ended (${request.status?.phase ?? 'being deleted'}).`)
  }
  await revokeRequest(session.client, request, message)
  tell(say`Request ${name} of ${request.spec.requestor?.username ?? 'somebody'} is revoked.`)
  if (isGranted(request.status)) tell(openSessions)
  return exitCode.done
}
