import { say } from '../decision/text/sentence.ts'
import { describeRequest } from './describe-request.ts'
import { exitCode, type ExitCode, tell } from './output.ts'
import { giveVerdict } from './give-verdict.ts'
import type { VerdictOptions } from './program.ts'
import { readRequest, templateOf } from './read-request.ts'
import { inSession } from './session.ts'

/** `deny`: ends a pending request. */
export function deny(options: VerdictOptions): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const request = await readRequest(session, options.request)
    tell(describeRequest(request, { template: await templateOf(session.client, request) }))
    const name = await giveVerdict(session.client, request, { verdict: 'Denied', message: options.message })
    tell(say`You denied request ${request.metadata.name} (grant ${name}).`)
    return exitCode.done
  })
}
