import { parseDuration } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { namedPod } from '../../decision/kinds/access-kinds.ts'
import { say } from '../../decision/text/sentence.ts'
import { inSession } from '../connection/session.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { printObjects } from '../output/formats.ts'
import { warn } from '../output/output.ts'
import { fieldEquals, listRequests } from '../request/list-requests.ts'
import { oldestFirst, wentOnAfter } from '../request/request-times.ts'
import type { HistoryOptions } from './history-verb.ts'
import { historyColumns } from './request-columns.ts'

/** `history`: shows the requests of some time, with how each ended. */
export function history(options: HistoryOptions): Promise<ExitCode> {
  const { of: username, pod, since, allNamespaces: everywhere = false, output } = options
  return inSession(options, async (session) => {
    const now = Date.now()
    const fieldSelector = username === undefined ? '' : fieldEquals('spec.requestor.username', username)
    const from = now - (parseDuration(since) ?? 0)
    const requests = (await listRequests(session, { everywhere, fieldSelector }))
      .filter((request) => wentOnAfter(request, from) && (pod === undefined || isForPod(request, pod)))
      .toSorted((one, other) => oldestFirst(other, one))
    await printObjects(output, requests, historyColumns(now, everywhere))
    if (requests.length === 0) {
      const where = everywhere ? '' : say` in namespace ${session.namespace}`
      warn(say`No request was found${where} in the last ${since}. To look further back, add --since.`)
    }
    return exitCode.done
  })
}

/** True if the request names the pod, or got it. */
export function isForPod({ spec, status }: AccessRequest, pod: string): boolean {
  return status?.target?.pod === pod || namedPod(spec) === pod
}
