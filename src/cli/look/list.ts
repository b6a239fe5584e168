import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { finalPhases } from '../../api/kinds/access-request-status.ts'
import { isFinished } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { whoAmI } from '../connection/who-am-i.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { printObjects } from '../output/formats.ts'
import { warn } from '../output/output.ts'
import { awaitingMe } from '../review/awaiting-me.ts'
import { fieldEquals, listRequests } from '../request/list-requests.ts'
import { oldestFirst, wentOnAfter } from '../request/request-times.ts'
import type { ListOptions } from './list-verb.ts'
import { requestColumns } from './request-columns.ts'

/** `list`: shows requests in a table, the oldest first. */
export function list(options: ListOptions): Promise<ExitCode> {
  const { allNamespaces: everywhere = false, output } = options
  return inSession(options, async (session) => {
    const now = Date.now()
    const requests = await requestsFor(session, options, now)
    await printObjects(output, requests, requestColumns(now, everywhere))
    if (requests.length === 0) warn(nothing(options, session.namespace))
    return exitCode.done
  })
}

async function requestsFor(
  session: CliSession,
  { mine, toReview, all, allNamespaces: everywhere = false }: ListOptions,
  now: number,
): Promise<readonly AccessRequest[]> {
  if (toReview) return awaitingMe(session, everywhere)
  const listed = async (fieldSelector: string) =>
    (await listRequests(session, { everywhere, fieldSelector })).toSorted(oldestFirst)
  if (mine) {
    const { username } = await whoAmI(session.client)
    return (await listed(fieldEquals('spec.requestor.username', username))).filter((one) =>
      wentOnAfter(one, now - dayMs),
    )
  }
  if (all) return listed('')
  const unfinished = finalPhases.map((phase) => `status.phase!=${phase}`).join(',')
  return (await listed(unfinished)).filter((one) => !isFinished(one))
}

const dayMs = 24 * 3_600_000

function nothing({ mine, toReview, all, allNamespaces }: ListOptions, namespace: string): string {
  const where = allNamespaces ? '' : say` in namespace ${namespace}`
  if (toReview) return `No request waits for you${where}.`
  if (mine) return `You have no request${where} that is unfinished, or that ended in the last 24 hours.`
  return all ? `No request was found${where}.` : `No unfinished request was found${where}.`
}
