import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import { approveCommand } from '../../decision/text/argv.ts'
import { say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { Refusal, sentenceOf } from '../output/failure.ts'
import { tell, warn } from '../output/output.ts'
import { isAttended, withPrompts } from '../output/prompt.ts'
import { asRequest } from '../request/read-request.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import { approveLooked } from './approve-looked.ts'
import { awaitingMe } from './awaiting-me.ts'
import { askWhy, denyRequest } from './deny.ts'
import { lookAt } from './look.ts'
import { whyNotApprove } from './objection.ts'
import type { ReviewOptions } from './review-verb.ts'
import { showLook } from './show-look.ts'

/** `review`: shows the requests that wait for the user, one after the other, and asks what to do with each. */
export function review(options: ReviewOptions): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const { allNamespaces = false } = options
    const waiting = await awaitingMe(session, allNamespaces)
    if (waiting.length === 0) {
      tell(
        allNamespaces ? 'No request waits for you.' : say`No request waits for you in namespace ${session.namespace}.`,
      )
      return exitCode.done
    }
    return oneAfterTheOther(waiting, (request, left) => reviewed(session, request, left))
  })
}

/** Goes on after a failure: the others still wait. Returns the exit code of an error if any failed. */
export async function oneAfterTheOther(
  waiting: readonly AccessRequest[],
  reviewOne: (request: AccessRequest, left: number) => Promise<Reviewed>,
): Promise<ExitCode> {
  let left = waiting.length
  let code: ExitCode = exitCode.done
  for (const request of waiting) {
    left -= 1
    const done = await reviewOne(request, left)
    if (done === 'failed') code = exitCode.error
    if (done === 'quit') return code
  }
  tell('No other request waits for you.')
  return code
}

const choices = ['skip', 'approve', 'deny', 'quit'] as const
type Choice = (typeof choices)[number]
type Reviewed = Choice | 'failed'

async function reviewed({ client, flags }: CliSession, listed: AccessRequest, left: number): Promise<Reviewed> {
  // It may have changed while the user looked at the one before.
  const { name, namespace, uid } = listed.metadata
  const stored = await client.get(accessRequestKind, { namespace, name })
  if (stored?.metadata.uid !== uid) return 'skip'
  const looked = await lookAt(client, asRequest(stored))
  if (whyNotApprove(looked) !== undefined) return 'skip'
  await showLook(client, looked)
  const choice = await askFor(looked.request, left, flags)
  const why = choice === 'deny' ? await withPrompts(askWhy) : undefined
  try {
    if (choice === 'approve') await approveLooked({ client, flags }, looked, {})
    if (choice === 'deny') await denyRequest(client, looked.request, why)
  } catch (error) {
    warn(sentenceOf(error))
    return 'failed'
  }
  return choice
}

async function askFor({ metadata }: AccessRequest, left: number, flags: string): Promise<Choice> {
  if (!isAttended()) {
    throw new Refusal(
      `Not approved yet, and ${left} more ${left === 1 ? 'waits' : 'wait'} for you. Decide on this one with:\n` +
        approveCommand(metadata) +
        flags,
    )
  }
  const more = left === 0 ? '' : ` (${left} more)`
  const question = say`${metadata.name}: what do you do?` + more
  const picked = await withPrompts((prompts) => prompts.select({ question, otherwise: 'use approve or deny' }, choices))
  return choices.find((choice) => choice === picked) ?? 'quit'
}
