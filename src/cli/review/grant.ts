import { parseDuration } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { defaultDuration } from '../../api/kinds/access-request-spec.ts'
import { grantCommand } from '../../decision/text/argv.ts'
import { isFinished } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { describeRequest } from '../request/describe-request.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { Refusal } from '../output/failure.ts'
import { giveVerdict } from './give-verdict.ts'
import type { GrantOptions } from './grant-verb.ts'
import { readRequest, templateOf } from '../request/read-request.ts'
import { inSession } from '../session.ts'

/** `grant`: shows what the request asks for. With the digest of that, it grants it. */
export function grant(options: GrantOptions): Promise<ExitCode> {
  const { digest, duration, message } = options
  return inSession(options, async (session) => {
    const request = await readRequest(session, options.request)
    mustBeShorter(duration, request)
    tell(describeRequest(request, { shortened: duration, template: await templateOf(session.client, request) }))
    if (digest === undefined) throw whyNothingWasGranted(request)
    const name = await giveVerdict(session.client, request, { verdict: 'Approved', digest, duration, message })
    tell(
      say`You granted request ${request.metadata.name} (grant ${name}). To end it early: ` +
        say`kubectl access revoke ${request.metadata.name} -n ${session.namespace}`,
    )
    return exitCode.done
  })
}

function mustBeShorter(duration: string | undefined, { spec }: AccessRequest): void {
  // Then the template decides the duration, and the controller takes the shorter of the two.
  if (spec.duration === undefined && spec.templateRef) return
  const asked = spec.duration ?? defaultDuration
  if (duration === undefined || (parseDuration(duration) ?? 0) <= (parseDuration(asked) ?? Infinity)) return
  throw new Refusal(
    say`A grant may only shorten: the request asks for ${asked}, and ${duration} is longer. ` +
      'Give less, or leave --duration out.',
  )
}

function whyNothingWasGranted(request: AccessRequest): Refusal {
  const { metadata, status } = request
  if (isFinished(request)) {
    const phase = status?.phase ?? 'being deleted'
    return new Refusal(say`Nothing was granted: request ${metadata.name} has ended (${phase}).`)
  }
  const digest = status?.shortDigest
  if (digest === undefined) {
    const why = status?.message ?? 'its pod is being looked up'
    return new Refusal(say`Nothing was granted: request ${metadata.name} has no digest yet (${why}). Try again later.`)
  }
  return new Refusal(
    `Nothing was granted yet. If you agree with all of the above, run:\n${grantCommand({ ...metadata, digest })}`,
  )
}
