import { accessRequestKind } from '../api/kinds/access-request.ts'
import { isFinished } from '../decision/phase.ts'
import { say } from '../decision/text/sentence.ts'
import { exitCode, type ExitCode, tell } from './output.ts'
import { Refusal } from './failure.ts'
import type { VerdictOptions } from './program.ts'
import { readRequest } from './read-request.ts'
import { inSession } from './session.ts'

/** `revoke`: ends an access or a pending request at once. */
export function revoke(options: VerdictOptions): Promise<ExitCode> {
  const { message } = options
  return inSession(options, async (session) => {
    const request = await readRequest(session, options.request)
    const { name, namespace, uid } = request.metadata
    if (isFinished(request)) {
      throw new Refusal(say`Request ${name} has already ended (${request.status?.phase ?? 'being deleted'}).`)
    }
    const revoked = message === undefined ? {} : { message }
    await session.client.patch(accessRequestKind, { namespace, name, uid }, { spec: { revoked } })
    tell(say`Request ${name} of ${request.spec.requestor?.username ?? 'somebody'} is revoked.`)
    return exitCode.done
  })
}
