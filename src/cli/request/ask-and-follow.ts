import { printableLines } from '../../api/printable.ts'
import { accessWarning } from '../kinds/access-kinds.ts'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { isGranted } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { awaitRequest, isReady, isResolved } from './await-request.ts'
import { approverCommand, awaitReady, isForReview, whenReached } from './await-ready.ts'
import { withAnswers } from './ask-missing.ts'
import type { NewRequest } from './asked-request.ts'
import { createObject } from './create-object.ts'
import { describeRequest } from './describe-request.ts'
import { printMade, tryRequest } from './print-request.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell, warn } from '../output/output.ts'
import type { AskOptions } from './ask-options.ts'
import { asRequest, templateOf } from './read-request.ts'
import type { CliSession } from '../connection/session.ts'

// The controller finds a pod within milliseconds. A pod that has just started may take some seconds.
const resolveTimeoutMs = 10_000
// A template that needs no approval gives access within about 100 ms. A shell pod must start first.
const approvalTimeoutMs = 3_000

/** Makes the request, or tries it, says who must act next and, with --wait, waits until the access is ready. */
export async function askAndFollow(session: CliSession, wanted: NewRequest, options: AskOptions): Promise<ExitCode> {
  const { client } = session
  const template = await templateOf(client, wanted)
  const complete = await withAnswers(wanted, template)
  if (options.dryRun !== undefined) return tryRequest(session, complete, { ...options, template })
  const created = asRequest(await createObject(client, accessRequestKind, complete))
  if (options.output !== undefined) return printMade(session, created, { ...options, template })
  tell(say`Request ${created.metadata.name} was made.`)
  const warning = accessWarning(created.spec, template)
  if (warning !== undefined) warn(warning)
  const request = await followUntil(client, created, isResolved, resolveTimeoutMs)
  tell(describeRequest(request, { template }))
  const isClear = (one: AccessRequest) => isReady(one) || isForReview(one, template)
  const seen = isClear(request) ? request : await followUntil(client, created, isClear, approvalTimeoutMs)
  if (isReady(seen)) return tellReady(seen)
  tellHowItStands(seen, template)
  if (options.wait === undefined) return exitCode.done
  const timeout = options.wait === true ? undefined : options.wait
  return tellReady(await awaitReady(session, created, { template, timeout, isApproverTold: true }))
}

/** Follows a request for some time. Returns it as last seen. @throws Refusal if it has ended */
async function followUntil(
  client: Client,
  created: AccessRequest,
  isReached: (request: AccessRequest) => boolean,
  timeoutMs: number,
): Promise<AccessRequest> {
  const awaited = await awaitRequest(client, created, isReached, { timeoutMs })
  return awaited.outcome === 'late' ? (awaited.request ?? created) : whenReached(created, awaited)
}

function tellHowItStands(request: AccessRequest, template: AnyTemplate | undefined): void {
  const { status } = request
  if (isGranted(status)) {
    tell(`It is approved: ${printableLines(status?.message ?? 'it is being made ready')}.`)
    return
  }
  if (status?.shortDigest === undefined) {
    tell(`It cannot be approved yet: ${printableLines(status?.message ?? 'its pod is being looked up')}.`)
    return
  }
  tell(say`Still missing: ${status.awaits ?? 'approval'}.`)
  if (isForReview(request, template)) tell(approverCommand(request))
}

/** Tells what to type to use the access of a request. */
export function tellReady({ status }: AccessRequest): ExitCode {
  tell('It is ready:')
  tell(printableLines(status?.accessMessage ?? ''))
  return exitCode.done
}
