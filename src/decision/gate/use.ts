import type { AccessRecord } from '../../api/kinds/access-record.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import type { Instant, Milliseconds } from '../../api/duration.ts'
import { canonicalDigest } from '../canonical-json.ts'
import type { PodEntry } from './entry.ts'

/**
 * The time within which the session of a use begins. The use is recorded before the session. The session may still
 * fail: at the API server, at a proxy, at the kubelet. The access goes on during this time. It is some seconds, for a
 * slow API server.
 */
export const sessionStartMs: Milliseconds = 5_000

/**
 * Returns a digest that only the same call has again. It covers the way in, container, argv, input and terminal.
 */
export function callDigest(entry: PodEntry): string {
  return canonicalDigest(entry)
}

/** A call as a record of a use describes it. */
export type UseCall = NonNullable<AccessRecord['spec']['use']>

/**
 * True if a call repeats the attempt of a recorded use. If a proxy on the way refuses WebSocket, kubectl makes two
 * calls. The gate does not learn what became of the first. So the user may repeat the call while its session may still
 * begin.
 */
export function isRetryOf({ spec: { use, time } }: AccessRecord, call: UseCall, now: Instant): boolean {
  if (!use || use.digest === undefined) return false
  const isSame = (['username', 'podUID', 'container', 'digest'] as const).every((field) => use[field] === call[field])
  const usedAt = fromMicroTime(time)
  return isSame && usedAt !== undefined && now < usedAt + sessionStartMs
}
