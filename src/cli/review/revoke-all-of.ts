import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { isFinished } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { sentenceOf } from '../output/failure.ts'
import { tell, warn } from '../output/output.ts'
import { isAttended, withPrompts } from '../output/prompt.ts'
import { table } from '../output/table.ts'
import type { CliSession } from '../connection/session.ts'
import { fieldEquals, listRequests } from '../request/list-requests.ts'
import { openSessions, revokeRequest } from './revoke-request.ts'

interface AllOf {
  readonly user: string
  readonly allNamespaces?: boolean
  readonly message?: string
  readonly yes?: boolean
}

/** Ends all that a user has or asks for. If one cannot be ended, the others still are. */
export async function revokeAllOf(
  session: CliSession,
  { user, allNamespaces = false, ...how }: AllOf,
): Promise<ExitCode> {
  const fieldSelector = fieldEquals('spec.requestor.username', user)
  const requests = await listRequests(session, { everywhere: allNamespaces, fieldSelector })
  const live = requests.filter((request) => !isFinished(request))
  if (live.length === 0) {
    const where = allNamespaces ? 'in these namespaces' : say`in namespace ${session.namespace}`
    tell(say`${user} has no access and no pending request ` + `${where}.`)
    return exitCode.done
  }
  tell(liveTable(live))
  if (!how.yes && isAttended() && !(await isAgreed(user, live.length))) {
    tell('Nothing was revoked.')
    return exitCode.error
  }
  const failed = (await Promise.all(live.map((one) => revoked(session, one, how.message)))).filter((done) => !done)
  tell(`${live.length - failed.length} of ${live.length} revoked. ${openSessions}`)
  return failed.length > 0 ? exitCode.error : exitCode.done
}

function liveTable(requests: readonly AccessRequest[]): string {
  return table(
    ['namespace', 'name', 'what', 'phase'],
    requests.map(({ metadata, status }) => [metadata.namespace, metadata.name, status?.summary, status?.phase]),
  )
}

function isAgreed(user: string, count: number): Promise<boolean> {
  const question = say`Revoke all ${String(count)} of ${user}?`
  return withPrompts((prompts) => prompts.confirm({ question, otherwise: 'add --yes' }))
}

async function revoked(session: CliSession, request: AccessRequest, message: string | undefined): Promise<boolean> {
  try {
    await revokeRequest(session.client, request, message)
    return true
  } catch (error) {
    const { namespace, name } = request.metadata
    warn(say`${namespace}/${name} was not revoked: ` + sentenceOf(error))
    return false
  }
}
