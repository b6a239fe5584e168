import { extendsAnnotation, type AccessRequest } from '../../api/kinds/access-request.ts'
import { say } from '../../decision/text/sentence.ts'
import { accessAgain } from '../kinds/access-kinds.ts'
import { whoAmI } from '../connection/who-am-i.ts'
import type { ExitCode } from '../output/exit-code.ts'
import { Refusal } from '../output/failure.ts'
import { inSession } from '../connection/session.ts'
import { askAndFollow } from './ask-and-follow.ts'
import type { NewRequest } from './asked-request.ts'
import { generatedName } from './create-object.ts'
import type { ExtendOptions } from './extend-verb.ts'
import { readRequest } from './read-request.ts'

/** `extend`: makes a new request for the same access, and says who must act next. */
export function extend(options: ExtendOptions): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const [request, me] = await Promise.all([readRequest(session, options.request), whoAmI(session.client)])
    const owner = request.spec.requestor?.username ?? ''
    if (owner !== me.username) {
      throw new Refusal(
        say`Request ${request.metadata.name} is ${owner}'s, and you are ${me.username}: only its requestor can extend it.`,
      )
    }
    return askAndFollow(session, extension(request, options), options)
  })
}

/** Builds the request that asks again for what another asked for. It names that one in an annotation. */
export function extension(
  request: AccessRequest,
  { duration, reason }: Pick<ExtendOptions, 'duration' | 'reason'>,
): NewRequest {
  const { namespace, name } = request.metadata
  // Admission stamps the first two. The time of the third may be over.
  const { requestor, revoked, startAt, ...asked } = request.spec
  return {
    metadata: {
      namespace,
      generateName: generatedName(name.replace(/-[a-z0-9]{5}$/, '')),
      annotations: { [extendsAnnotation]: name },
    },
    spec: {
      ...asked,
      ...accessAgain(request),
      ...(duration !== undefined && { duration }),
      ...(reason !== undefined && { reason }),
    },
  }
}
