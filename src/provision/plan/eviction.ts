import type { Instant } from '../../api/duration.ts'
import type { Eviction } from '../../api/kinds/access-record.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import { fromMicroTime, toMicroTime } from '../../api/micro-time.ts'
import { withCondition } from '../facts/conditions.ts'
import type { Plan } from '../facts/request-plan.ts'

/** Returns the eviction that must follow the end of a request that is approved now. Undefined if none must. */
export function evictionOf({ spec, status }: AccessRequest, now: Instant): Eviction | undefined {
  const { target } = status ?? {}
  if (!target?.evictAtEnd || target.podUID === undefined) return undefined
  const begins = toMicroTime(Math.max(now, fromMicroTime(spec.startAt ?? '') ?? now))
  return { pod: target.pod, podUID: target.podUID, begins }
}

/** Plans the eviction for a request that has ended. */
export function planEviction({ spec, status = {} }: AccessRequest, eviction: Eviction, now: Instant): Plan {
  const ended = Math.min(now, Date.parse(status.finishedAt ?? '') || now)
  const isApproved = status.expiresAt !== undefined
  if (!isApproved || !hasBegun(eviction, ended)) return { status, objects: [], then: { do: 'forget-eviction' } }
  // The one session of a `once` request may last until its expiry, unless somebody revokes it.
  const at = status.phase === 'Completed' && !spec.revoked ? Date.parse(status.expiresAt ?? '') : now
  return now < at ? { status, objects: [], wakeAt: at } : { status, objects: [], then: { do: 'evict' } }
}

/** True if anybody could be in the pod. */
export function hasBegun({ begins }: Eviction, at: Instant): boolean {
  return (fromMicroTime(begins) ?? -Infinity) <= at
}

/**
 * Returns the status with the result of the eviction.
 * @param refusal the API server's words
 */
export function withEviction(
  { status = {} }: AccessRequest,
  refusal: string | undefined,
  now: Instant,
): AccessRequestStatus {
  const { pod = '' } = status.target ?? {}
  const done =
    refusal === undefined
      ? ({ status: 'True', reason: 'Evicted', message: `pod ${pod} was evicted, or is gone` } as const)
      : ({
          status: 'False',
          reason: 'Refused',
          message: `pod ${pod} is not evicted yet, and it is tried again: ${refusal}`,
        } as const)
  return { ...status, conditions: withCondition(status.conditions, 'Evicted', done, now) }
}
