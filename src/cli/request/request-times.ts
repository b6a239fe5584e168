import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { isFinished } from '../../decision/phase.ts'

/** Returns the time at which a request was made. */
export function madeAt({ metadata }: AccessRequest): Instant {
  return Date.parse(metadata.creationTimestamp)
}

/** Compares two requests for sorting: the older comes first. */
export function oldestFirst(one: AccessRequest, other: AccessRequest): number {
  return madeAt(one) - madeAt(other)
}

/** True if the request had not ended by then. */
export function wentOnAfter(request: AccessRequest, from: Instant): boolean {
  if (!isFinished(request)) return true
  return (fromMicroTime(request.status?.finishedAt ?? '') ?? madeAt(request)) > from
}
