import { accessWarning } from '../kinds/access-kinds.ts'
import { parseDuration } from '../../api/duration.ts'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { isReviewAwaited } from '../../decision/challenge/peer-review.ts'
import { approveCommand } from '../../decision/text/argv.ts'
import { isGranted } from '../../decision/phase.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { awaitRequest, isReady, isResolved } from './await-request.ts'
import { withAnswers } from './ask-missing.ts'
import type { NewRequest } from './asked-request.ts'
import { createObject } from './create-object.ts'
import { describeRequest } from './describe-request.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { printableLines, tell, warn } from '../output/output.ts'
import { Refusal } from '../output/failure.ts'
import type { AskOptions } from './ask-options.ts'
import { asRequest, templateOf } from './read-request.ts'
import type { CliSession } from '../connection/session.ts'

// The controller finds a pod within milliseconds. A pod that has just started may take some seconds.
const resolveTimeoutMs = 10_000
// A template that needs no approval gives access within about 100 ms. A shell pod must start first.
const approvalTimeoutMs = 3_000

/** Makes the request, says who must act next and, with --wait, waits until the access is ready. */
export async function askAndFollow(session: CliSession, wanted: NewRequest, options: AskOptions): Promise<ExitCode> {
  const { client } = session
  const template = await templateOf(client, wanted)
  const created = asRequest(await createObject(client, accessRequestKind, await withAnswers(wanted, template)))
  tell(say`Request ${created.metadata.name} was made.`)
  const warning = accessWarning(created.spec, template)
  if (warning !== undefined) warn(warning)
  const request = await untilResolved(client, created)
  tell(describeRequest(request, { template }))
  const seen = created.spec.templateRef ? await untilApproved(client, created) : request
  if (isReady(seen)) return tellReady(seen)
  tellHowItStands(seen, template)
  return options.wait === undefined ? exitCode.done : await untilReady(client, created, options.wait)
}

async function untilResolved(client: Client, created: AccessRequest): Promise<AccessRequest> {
  const { request = created, outcome } = await awaitRequest(client, created, isResolved, resolveTimeoutMs)
  if (outcome === 'ended' || outcome === 'gone') throw ended(request, outcome)
  return request
}

async function untilApproved(client: Client, created: AccessRequest): Promise<AccessRequest> {
  const { request = created, outcome } = await awaitRequest(client, created, isReady, approvalTimeoutMs)
  if (outcome === 'ended' || outcome === 'gone') throw ended(request, outcome)
  return request
}

function tellHowItStands({ metadata, spec, status }: AccessRequest, template: AnyTemplate | undefined): void {
  if (isGranted(status)) {
    tell(`It is approved: ${printableLines(status?.message ?? 'it is being made ready')}.`)
    return
  }
  if (status?.shortDigest === undefined) {
    tell(`It cannot be approved yet: ${printableLines(status?.message ?? 'its pod is being looked up')}.`)
    return
  }
  tell(say`Still missing: ${status.awaits ?? 'approval'}.`)
  if (isForReview(spec, status, template)) tell(`An approver can look at it:\n${approveCommand(metadata)}`)
}

/** True if people must approve. A template that the user may not see may ask for that. */
function isForReview(
  { templateRef }: AccessRequest['spec'],
  status: Status,
  template: AnyTemplate | undefined,
): boolean {
  if (!templateRef || !template) return true
  return isReviewAwaited(template.spec.challenges ?? [], status.awaits)
}

type Status = NonNullable<AccessRequest['status']>

async function untilReady(client: Client, created: AccessRequest, wait: string | true): Promise<ExitCode> {
  const timeoutMs = wait === true ? undefined : parseDuration(wait)
  const { request = created, outcome } = await awaitRequest(client, created, isReady, timeoutMs)
  if (outcome === 'ended' || outcome === 'gone') throw ended(request, outcome)
  if (outcome === 'late') throw late(request, String(wait))
  return tellReady(request)
}

function tellReady({ status }: AccessRequest): ExitCode {
  tell('It is ready:')
  tell(printableLines(status?.accessMessage ?? ''))
  return exitCode.done
}

function late({ metadata: { name }, status }: AccessRequest, wait: string): Refusal {
  return new Refusal(
    say`Request ${name} is not ready after ${wait}. It was not revoked, and its status says: ` +
      toldBy(status, 'it waits'),
  )
}

function ended({ metadata: { name }, status }: AccessRequest, outcome: 'ended' | 'gone'): Refusal {
  if (outcome === 'gone') return new Refusal(say`Request ${name} was deleted.`)
  const phase = status?.phase ?? 'being deleted'
  return new Refusal(say`Request ${name} has ended (${phase}): ` + toldBy(status, 'no reason is given'))
}

/** Quotes the status message. `say` would cut it, and the reason of an approver or a validator may be long. */
function toldBy(status: AccessRequest['status'], otherwise: string): string {
  return `${quoted(status?.message ?? otherwise)}.`
}
