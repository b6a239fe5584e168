import { heldCondition } from '../../api/conditions.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'
import { isFinished } from '../../decision/phase.ts'
import { followRequest } from './follow-request.ts'

export interface Awaited {
  /** The request as last seen; undefined if it was never seen. */
  readonly request: AccessRequest | undefined
  readonly outcome: 'reached' | 'ended' | 'gone' | 'late'
}

/** The limits of a wait. Without a time, it goes on until the request is reached or has ended. */
interface WaitLimits {
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal
}

/** Follows a request until `isReached` is true, it has ended, or time is up. */
export async function awaitRequest(
  client: Client,
  request: Pick<AccessRequest, 'metadata'>,
  isReached: (request: AccessRequest) => boolean,
  { timeoutMs, signal }: WaitLimits = {},
): Promise<Awaited> {
  // AbortSignal.timeout() takes at most 2^32 ms, and a year is longer. So this has its own timer.
  const late = new AbortController()
  const stop = AbortSignal.any(signal ? [late.signal, signal] : [late.signal])
  const timer =
    timeoutMs !== undefined && timeoutMs < maxTimerMs
      ? setTimeout(() => {
          late.abort()
        }, timeoutMs)
      : undefined
  let last: AccessRequest | undefined
  try {
    for await (const seen of followRequest(client, request, stop)) {
      last = seen
      if (isReached(seen)) return { request: seen, outcome: 'reached' }
      if (isFinished(seen)) return { request: seen, outcome: 'ended' }
    }
    return { request: last, outcome: stop.aborted ? 'late' : 'gone' }
  } finally {
    clearTimeout(timer)
  }
}

// A longer timer fires at once. Nobody waits at a terminal for 24 days.
const maxTimerMs = 2 ** 31 - 1

/** True if its pod was found, so that there is a digest to quote. */
export function isResolved({ status }: AccessRequest): boolean {
  return status?.shortDigest !== undefined
}

/** True if the requestor may use the access, or its task has a result. A short task may end before anybody looks. */
export function isReady({ status }: AccessRequest): boolean {
  return heldCondition(status, 'Ready') !== undefined || status?.task !== undefined
}
