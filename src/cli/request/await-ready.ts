import { parseDuration } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { printableWhole } from '../../api/printable.ts'
import { isReviewAwaited } from '../../decision/challenge/peer-review.ts'
import { isGranted } from '../../decision/phase.ts'
import { approveCommand } from '../../decision/text/argv.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import type { CliSession } from '../connection/session.ts'
import { exitCode } from '../output/exit-code.ts'
import { Refusal } from '../output/failure.ts'
import { interruptible } from '../output/interrupt.ts'
import { warn } from '../output/output.ts'
import { startWaiting, type Waiting } from '../output/waiting.ts'
import { awaitRequest, isReady, type Awaited } from './await-request.ts'

/** The terms on which a request is waited for. */
interface WaitTerms {
  /** The template of the request, if the user may see it. */
  readonly template: AnyTemplate | undefined
  /** The longest time to wait. Undefined: until the request is ready or has ended. */
  readonly timeout?: string | undefined
  /** True if the user was told already which command an approver needs. */
  readonly isApproverTold?: boolean
}

/**
 * Waits until the access of a request is ready, and shows what it waits for. On Ctrl-C it says what stays behind.
 * @throws Refusal with the exit code `denied`, `late`, `ended` or `interrupted`
 */
export async function awaitReady(
  { client, flags }: CliSession,
  request: AccessRequest,
  { template, timeout, isApproverTold = false }: WaitTerms,
): Promise<AccessRequest> {
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout)
  const isClear = (seen: AccessRequest) => isReady(seen) || isForReview(seen, template)
  return interruptible(
    () => staysBehind(request, flags),
    async (signal) => {
      const soon = isApproverTold
        ? undefined
        : await awaitRequest(client, request, isClear, { timeoutMs: Math.min(timeoutMs ?? quietMs, quietMs), signal })
      if (soon && isOver(soon)) return whenReached(request, soon)
      const waiting = startWaiting()
      try {
        const isReached = showing(waiting, template, isApproverTold)
        return whenReached(request, await awaitRequest(client, request, isReached, { timeoutMs, signal }), timeout)
      } finally {
        waiting.end()
      }
    },
  )
}

/** True if there is nothing left to wait for. */
function isOver({ request, outcome }: Awaited): boolean {
  return outcome === 'ended' || outcome === 'gone' || (request !== undefined && isReady(request))
}

// A template that needs nobody gives access within about 100 ms. Nobody needs to read what it waits for.
const quietMs = 2_000

/** Shows what a request waits for, each time that it is seen, until it is ready. */
function showing(
  waiting: Waiting,
  template: AnyTemplate | undefined,
  isApproverTold: boolean,
): (seen: AccessRequest) => boolean {
  let isTold = isApproverTold
  return (seen) => {
    if (isReady(seen)) return true
    if (!isTold && isForReview(seen, template)) {
      isTold = true
      waiting.clear()
      warn(approverCommand(seen))
    }
    waiting.show(waitingText(seen))
    return false
  }
}

/** Returns the request that was reached. @throws Refusal if it has ended, is gone, or time is up */
export function whenReached(
  request: AccessRequest,
  { request: last = request, outcome }: Awaited,
  timeout = 'that time',
): AccessRequest {
  if (outcome === 'reached') return last
  throw outcome === 'late' ? late(last, timeout) : ended(last, outcome)
}

/** Says what a request waits for: `waits for 1 more of sre`. The text is printable. */
export function waitingText({ status }: AccessRequest): string {
  const { awaits = '' } = status ?? {}
  if (isGranted(status)) return 'is approved, and is being set up'
  if (/^(opens|begins) /.test(awaits)) return printableWhole(awaits)
  if (awaits === '') return 'is being looked at'
  return `waits for ${printableWhole(awaits).replaceAll(/\b(\d+) of /g, '$1 more of ')}`
}

/** True if people must approve, and can look at the request. A template that the user may not see may ask for that. */
export function isForReview({ spec, status }: AccessRequest, template: AnyTemplate | undefined): boolean {
  if (status?.shortDigest === undefined || isGranted(status)) return false
  if (!spec.templateRef || !template) return true
  return isReviewAwaited(template.spec.challenges ?? [], status.awaits)
}

/** Returns the command that shows an approver a request, with a sentence before it. */
export function approverCommand({ metadata }: AccessRequest): string {
  return `An approver can look at it:\n${approveCommand(metadata)}`
}

function staysBehind({ metadata: { name, namespace } }: AccessRequest, flags: string): string {
  return (
    say`Request ${name} stays pending.\n` +
    say`Go on:     kubectl access wait ${name} -n ${namespace}` +
    `${flags}\n` +
    say`Take back: kubectl access revoke ${name} -n ${namespace}` +
    flags
  )
}

function late({ metadata: { name }, status }: AccessRequest, timeout: string): Refusal {
  return new Refusal(
    say`Request ${name} is not ready after ${timeout}. It was not revoked, and its status says: ` +
      toldBy(status, 'it waits'),
    exitCode.late,
  )
}

function ended({ metadata: { name }, status }: AccessRequest, outcome: 'ended' | 'gone'): Refusal {
  if (outcome === 'gone') return new Refusal(say`Request ${name} was deleted.`, exitCode.ended)
  const phase = status?.phase ?? 'being deleted'
  return new Refusal(
    say`Request ${name} has ended (${phase}): ` + toldBy(status, 'no reason is given'),
    phase === 'Denied' ? exitCode.denied : exitCode.ended,
  )
}

/** Quotes the status message. `say` would cut it, and the reason of an approver or a validator may be long. */
function toldBy(status: AccessRequest['status'], otherwise: string): string {
  return `${quoted(status?.message ?? otherwise)}.`
}
