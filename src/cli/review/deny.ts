import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'
import { say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { isAttended, withPrompts, type Prompts } from '../output/prompt.ts'
import { describeRequest } from '../request/describe-request.ts'
import { readRequest, templateOf } from '../request/read-request.ts'
import { inSession } from '../connection/session.ts'
import type { DenyOptions } from './deny-verb.ts'
import { giveVerdict } from './give-verdict.ts'

/** `deny`: ends a pending request. */
export function deny(options: DenyOptions): Promise<ExitCode> {
  return inSession(options, async ({ client, namespace }) => {
    const request = await readRequest({ client, namespace }, options.request)
    tell(describeRequest(request, { template: await templateOf(client, request) }))
    const message = options.message ?? (isAttended() ? await withPrompts(askWhy) : undefined)
    await denyRequest(client, request, message)
    return exitCode.done
  })
}

/** Asks for the reason of a denial. */
export function askWhy(prompts: Prompts): Promise<string> {
  return prompts.text({ question: 'Why not? The requestor reads it', otherwise: 'add --message TEXT' })
}

export async function denyRequest(client: Client, request: AccessRequest, message: string | undefined): Promise<void> {
  await giveVerdict(client, request, { verdict: 'Denied', message })
  const { name } = request.metadata
  tell(say`Denied ${name}. ${request.spec.requestor?.username ?? 'The requestor'} can ask again.`)
}
