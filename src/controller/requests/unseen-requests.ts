import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { isFinished, isTakenUp } from '../../decision/phase.ts'
import { keyOf } from '../views/keys.ts'

/**
 * The requests that this leader has taken up: the view shows it some milliseconds later, and meanwhile another could take the last
 * place that a template, or a pass, has. Whoever leads next sees it in its first list.
 */
export interface UnseenRequests {
  /** @param request with the status that it is to have */
  readonly note: (request: AccessRequest) => void
  readonly has: (request: AccessRequest) => boolean
  /** Those that the view may not show so yet. */
  readonly all: () => readonly AccessRequest[]
  /** What the view has of it by now; undefined where it is gone. */
  readonly seen: (key: string, request: AccessRequest | undefined) => void
}

export function createUnseenRequests(): UnseenRequests {
  const requests = new Map<string, AccessRequest>()
  return {
    note: (request) => requests.set(keyOf(request), request),
    has: (request) => requests.get(keyOf(request))?.metadata.uid === request.metadata.uid,
    all: () => [...requests.values()],
    seen(key, request) {
      if (!request || isTakenUp(request) || isFinished(request)) requests.delete(key)
    },
  }
}
