import { parseDuration } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { durationText } from '../../decision/template.ts'
import { approveCommand, shellWords } from '../../decision/text/argv.ts'
import { say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { Refusal } from '../output/failure.ts'
import { isAttended, withPrompts } from '../output/prompt.ts'
import { readRequest } from '../request/read-request.ts'
import { inSession } from '../connection/session.ts'
import { approveLooked } from './approve-looked.ts'
import { changedSince } from './changed-since.ts'
import type { ApproveOptions } from './approve-verb.ts'
import { lookAt, type Looked } from './look.ts'
import { whyNotApprove } from './objection.ts'
import { showLook } from './show-look.ts'

/** `approve`: shows what a request asks for and what it could do, asks, and approves exactly what it showed. */
export function approve(options: ApproveOptions): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const request = await readRequest(session, options.request)
    const looked = await lookAt(session.client, request)
    mustBeShorter(options.duration, looked)
    await showLook(session.client, looked, options.duration)
    const why = whyNotApprove(looked)
    if (why !== undefined) throw new Refusal(why)
    mustBeLookedAt(options.digest, request)
    if (!(await isAgreed(looked, options, session.flags))) {
      tell('Nothing was approved.')
      return exitCode.error
    }
    return approveLooked(session, looked, options)
  })
}

/** @throws Refusal if the approver gives more than was asked for: the controller would take the shorter of the two */
export function mustBeShorter(
  duration: string | undefined,
  { request: { spec }, template }: Pick<Looked, 'request' | 'template'>,
): void {
  // Nobody can tell the default of a template that the user may not see.
  if (spec.duration === undefined && spec.templateRef && !template) return
  const asked = durationText(spec, template)
  if (duration === undefined || (parseDuration(duration) ?? 0) <= (parseDuration(asked) ?? Infinity)) return
  throw new Refusal(
    say`An approval may only shorten: the request asks for ${asked}, and ${duration} is longer. ` +
      'Give less, or leave --for out.',
  )
}

/** @throws Refusal if the user looked at something else before */
function mustBeLookedAt(digest: string | undefined, request: AccessRequest): void {
  if (digest !== undefined && !request.status?.digest?.startsWith(digest)) throw changedSince(request)
}

/** @throws Refusal with the command to approve it, if nobody can be asked */
async function isAgreed(looked: Looked, options: ApproveOptions, connection: string): Promise<boolean> {
  if (options.digest !== undefined || options.yes) return true
  if (!isAttended())
    throw new Refusal(
      `Not approved yet. If you agree with all of the above, run:\n${again(looked, options)}${connection}`,
    )
  return withPrompts((prompts) => prompts.confirm({ question: 'Approve?', otherwise: 'add --yes' }))
}

/** Returns the command that approves what was shown. */
function again({ request: { metadata, status } }: Looked, { duration, message }: ApproveOptions): string {
  const flags = [
    ...['--digest', status?.shortDigest ?? ''],
    ...(duration === undefined ? [] : ['--for', duration]),
    ...(message === undefined ? [] : ['--message', message]),
  ]
  // A message with characters that a terminal obeys is left out.
  return `${approveCommand(metadata)} ${shellWords(flags) ?? shellWords(flags.slice(0, -2)) ?? ''}`
}
