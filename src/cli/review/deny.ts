import { say } from '../../decision/text/sentence.ts'
import { describeRequest } from '../request/describe-request.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { giveVerdict } from './give-verdict.ts'
import type { DenyOptions } from './deny-verb.ts'
import { readRequest, templateOf } from '../request/read-request.ts'
import { inSession } from '../session.ts'

/** `deny`: ends a pending request. */
export function deny(options: DenyOptions): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const request = await readRequest(session, options.request)
    tell(describeRequest(request, { template: await templateOf(session.client, request) }))
    const name = await giveVerdict(session.client, request, { verdict: 'Denied', message: options.message })
    tell(say`You denied request ${request.metadata.name} (grant ${name}).`)
    return exitCode.done
  })
}
