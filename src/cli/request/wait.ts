import type { ExitCode } from '../output/exit-code.ts'
import { inSession } from '../connection/session.ts'
import { tellReady } from './ask-and-follow.ts'
import { awaitReady } from './await-ready.ts'
import { readRequest, templateOf } from './read-request.ts'
import type { WaitOptions } from './wait-verb.ts'

/** `wait`: follows one request until it is ready or has ended, and says what to type. */
export function wait({ request: name, timeout, ...choice }: WaitOptions): Promise<ExitCode> {
  return inSession(choice, async (session) => {
    const request = await readRequest(session, name)
    const template = await templateOf(session.client, request)
    return tellReady(await awaitReady(session, request, { template, timeout }))
  })
}
