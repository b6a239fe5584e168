import type { Instant, Milliseconds } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { fromMicroTime } from '../../api/micro-time.ts'

// RBAC that was just written takes effect after some 2 ms.
const soonestMs = 5
const latestMs = 1_000

/**
 * How soon the API server is asked once more whether the requestor may use what was made. Later and later, as one of its
 * authorizers may never agree.
 */
export function askAgainAfter({ spec, status }: AccessRequest, now: Instant): Milliseconds {
  const begun = [status?.approvedAt, spec.startAt].map((time = '') => fromMicroTime(time) ?? 0)
  return Math.min(Math.max((now - Math.max(...begun)) / 4, soonestMs), latestMs)
}
