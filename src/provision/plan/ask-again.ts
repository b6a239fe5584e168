import type { Instant, Milliseconds } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { fromMicroTime } from '../../api/micro-time.ts'

// New RBAC takes effect after some 2 ms.
const soonestMs = 5
const latestMs = 1_000

/**
 * Returns the pause before the API server is asked again whether the requestor may use the access. The pause grows,
 * because one of the API server's authorizers may never agree.
 */
export function askAgainAfter({ spec, status }: AccessRequest, now: Instant): Milliseconds {
  const begun = [status?.approvedAt, spec.startAt].map((time = '') => fromMicroTime(time) ?? 0)
  return Math.min(Math.max((now - Math.max(...begun)) / 4, soonestMs), latestMs)
}
