import type { AccessRecord } from '../../api/kinds/access-record.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import type { Instant, Milliseconds } from '../../api/duration.ts'
import { canonicalDigest } from '../canonical-json.ts'
import type { PodEntry } from './entry.ts'

/**
 * The time within which the session of a use begins. The use is recorded before that, and the session may still fail: at the API
 * server, at a proxy, at the kubelet. The access goes on meanwhile. Seconds, for a slow API server.
 */
export const sessionStartMs: Milliseconds = 5_000

/** Names a call, so that the same one is known again: its way, container, argv, input and terminal. */
export function callDigest(entry: PodEntry): string {
  return canonicalDigest(entry)
}

/** A call as a record of a use describes it. */
export type UseCall = NonNullable<AccessRecord['spec']['use']>

/**
 * Whether a call is the attempt of a use made once more. kubectl makes two calls where a proxy on the way refuses WebSocket, and
 * nobody tells the gate what became of the first. So the user may repeat it within the time in which its session may begin.
 */
export function isRetryOf({ spec: { use, time } }: AccessRecord, call: UseCall, now: Instant): boolean {
  if (!use || use.digest === undefined) return false
  const isSame = (['username', 'podUID', 'container', 'digest'] as const).every((field) => use[field] === call[field])
  const usedAt = fromMicroTime(time)
  return isSame && usedAt !== undefined && now < usedAt + sessionStartMs
}
