import { accessRequestKind } from '../../api/kinds/access-request.ts'
import { isFinished } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { Refusal } from '../output/failure.ts'
import type { RevokeOptions } from './revoke-verb.ts'
import { readRequest } from '../request/read-request.ts'
import { inSession } from '../session.ts'

/** `revoke`: ends an access or a pending request at once. */
export function revoke(options: RevokeOptions): Promise<ExitCode> {
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
