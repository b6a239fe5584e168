import { parseDuration } from '../api/duration.ts'
import { accessRequestKind, type AccessRequest } from '../api/kinds/access-request.ts'
import type { Client } from '../cluster/client.ts'
import { grantCommand } from '../decision/grant-command.ts'
import { say } from '../decision/sentence.ts'
import { awaitRequest, isReady, isResolved } from './await-request.ts'
import { createObject } from './create-object.ts'
import { describeRequest } from './describe-request.ts'
import { execRequest } from './exec-request.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import { Refusal } from './failure.ts'
import { printableLines, tell, warn } from './output.ts'
import type { RequestExecOptions } from './program.ts'
import { asRequest } from './read-request.ts'
import { inSession } from './session.ts'

// The controller looks a pod up within milliseconds; a pod that only just starts may take some seconds.
const resolveTimeoutMs = 10_000

/** `request exec`: asks, and says who has to do what now. */
export function requestExec(options: RequestExecOptions): Promise<ExitCode> {
  return inSession(options, async ({ client, namespace }) => {
    const created = asRequest(await createObject(client, accessRequestKind, execRequest(options, namespace)))
    const { name } = created.metadata
    tell(say`Request ${name} was made.`)
    if (!options.command) {
      warn(
        say`WARNING: it names no command, so it asks for ANY COMMAND in pod ${options.pod}. Approvers are shown that.`,
      )
    }
    tellWhatWasAsked(await untilResolved(client, created))
    return options.wait === undefined ? exitCode.done : await untilReady(client, created, options.wait)
  })
}

async function untilResolved(client: Client, created: AccessRequest): Promise<AccessRequest> {
  const { request = created, outcome } = await awaitRequest(client, created, isResolved, resolveTimeoutMs)
  if (outcome === 'ended' || outcome === 'gone') throw ended(request, outcome)
  return request
}

function tellWhatWasAsked(request: AccessRequest): void {
  const { metadata, status } = request
  tell(describeRequest(request))
  const digest = status?.shortDigest
  if (digest === undefined) {
    tell(`It has no digest yet: ${printableLines(status?.message ?? 'its pod is being looked up')}.`)
    tell('An approver sees it with:')
  } else {
    tell('It waits for a grant. An approver looks at it and grants it:')
  }
  tell(grantCommand({ ...metadata, digest }))
}

async function untilReady(client: Client, created: AccessRequest, wait: string | true): Promise<ExitCode> {
  const timeoutMs = wait === true ? undefined : parseDuration(wait)
  const { request = created, outcome } = await awaitRequest(client, created, isReady, timeoutMs)
  if (outcome === 'ended' || outcome === 'gone') throw ended(request, outcome)
  if (outcome === 'late') throw late(request, String(wait))
  tell('It is ready:')
  tell(printableLines(request.status?.accessMessage ?? ''))
  return exitCode.done
}

function late({ metadata: { name }, status }: AccessRequest, wait: string): Refusal {
  return new Refusal(say`Request ${name} is not ready after ${wait}, and stays: ${status?.message ?? 'it waits'}.`)
}

function ended({ metadata: { name }, status }: AccessRequest, outcome: 'ended' | 'gone'): Refusal {
  if (outcome === 'gone') return new Refusal(say`Request ${name} was deleted.`)
  const phase = status?.phase ?? 'being deleted'
  return new Refusal(say`Request ${name} has ended (${phase}): ${status?.message ?? 'no reason is given'}.`)
}
