import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'
import { isFinished, isGranted } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { Refusal } from '../output/failure.ts'
import { readRequest } from '../request/read-request.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import type { RevokeOptions } from './revoke-verb.ts'
import { revokeAllOf } from './revoke-all-of.ts'

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

/** Says what a revocation does not end. */
export const openSessions = 'No new session can be opened. A session that is open already runs until its command exits.'

/** Sets spec.revoked of exactly this request. */
export async function revokeRequest(
  client: Client,
  request: AccessRequest,
  message: string | undefined,
): Promise<void> {
  const { name, namespace, uid } = request.metadata
  const revoked = message === undefined ? {} : { message }
  await client.patch(accessRequestKind, { namespace, name, uid }, { spec: { revoked } })
}
