import type { AccessRequest } from '../api/kinds/access-request.ts'
import { isFinished, isTakenUp } from '../decision/phase.ts'
import { keyOf } from './keys.ts'

/**
 * The requests that this leader has taken up: the view shows it some milliseconds later, and meanwhile another could take the last
 * place that a template has. Whoever leads next sees it in its first list.
 */
export interface TakenUp {
  readonly note: (request: AccessRequest) => void
  readonly has: (request: AccessRequest) => boolean
  /** What the view has of it by now; undefined where it is gone. */
  readonly seen: (key: string, request: AccessRequest | undefined) => void
}

export function createTakenUp(): TakenUp {
  const uids = new Map<string, string>()
  return {
    note: (request) => uids.set(keyOf(request), request.metadata.uid),
    has: (request) => uids.get(keyOf(request)) === request.metadata.uid,
    seen(key, request) {
      if (!request || isTakenUp(request) || isFinished(request)) uids.delete(key)
    },
  }
}
