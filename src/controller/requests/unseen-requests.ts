import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { isFinished, isTakenUp } from '../../decision/phase.ts'
import { keyOf } from '../views/keys.ts'

/**
 * The requests that this leader has taken up, and the view does not show so yet. It shows them some milliseconds later.
 * Meanwhile another request could take the last place of a template, or of a pass. The next leader sees them in its
 * first list.
 */
export interface UnseenRequests {
  /** @param request with the status that it is to have */
  readonly note: (request: AccessRequest) => void
  readonly has: (request: AccessRequest) => boolean
  /** Returns the requests that the view may not show as taken up yet. */
  readonly all: () => readonly AccessRequest[]
  /** Must be told the request that the view has under a key. Undefined if it is gone. */
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
