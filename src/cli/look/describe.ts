import { extendsAnnotation, type AccessRequest } from '../../api/kinds/access-request.ts'
import { isFinished } from '../../decision/phase.ts'
import { approveCommand } from '../../decision/text/argv.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import { requestsOf } from '../enter/look-around.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { printObject } from '../output/formats.ts'
import { linesText, type Line } from '../output/lines.ts'
import { tell, warn } from '../output/output.ts'
import { describeRequest } from '../request/describe-request.ts'
import { readRequest } from '../request/read-request.ts'
import { approvalLines } from '../review/approval-lines.ts'
import { lookAt, type Looked } from '../review/look.ts'
import { whyNotApprove } from '../review/objection.ts'
import { requestorLines } from '../review/requestor-lines.ts'
import { showLook } from '../review/show-look.ts'
import type { DescribeOptions } from './describe-verb.ts'
import { readEvents } from './read-events.ts'
import { timelineOf, timelineText } from './timeline.ts'

/** `describe`: shows a request as an approver sees it, and what has happened to it. */
export function describe({ request: name, output, ...choice }: DescribeOptions): Promise<ExitCode> {
  return inSession(choice, async (session) => {
    const request = await readRequest(session, name)
    if (output === undefined) await show(session, request)
    else await printObject(output, request)
    return exitCode.done
  })
}

async function show(session: CliSession, request: AccessRequest): Promise<void> {
  const { client } = session
  const [looked, events, linked] = await Promise.all([
    lookAt(client, request),
    readEvents(client, request),
    extensionsOf(session, request),
  ])
  // The pod of a request that has ended may be gone. Nobody enters it any more.
  if (isFinished(request)) {
    tell(describeRequest(request, { template: looked.template }))
    tell(linesText([...requestorLines(request.spec), ...approvalLines(looked)]))
  } else await showLook(client, looked)
  const said: readonly Line[] = [['message', request.status?.message], ...linked]
  const text = linesText(said)
  if (text !== '') tell(text)
  const now = Date.now()
  tell(`Timeline:\n${timelineText(timelineOf({ request, grants: looked.grants, events: events ?? [] }, now), now)}`)
  if (!events) warn('Not in the timeline: uses and other Events. You may not list Events in this namespace.')
  tellNextStep(looked, session.flags)
}

/** Says which requests of the same user extend this one, as their requestor says. */
async function extensionsOf(session: CliSession, { metadata, spec }: AccessRequest): Promise<readonly Line[]> {
  const { namespace, name } = metadata
  const own = await unlessForbidden(requestsOf({ ...session, namespace }, spec.requestor?.username ?? ''))
  return (own ?? [])
    .filter((one) => one.metadata.annotations?.[extendsAnnotation] === name)
    .map((one): Line => ['extended by', `${one.metadata.name} (${one.status?.phase ?? 'Pending'})`])
}

function tellNextStep(looked: Looked, flags: string): void {
  if (whyNotApprove(looked) === undefined)
    warn(`It waits for you. To decide: ${approveCommand(looked.request.metadata)}${flags}`)
}
