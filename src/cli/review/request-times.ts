import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'

/** Returns the time at which a request was made. */
export function madeAt({ metadata }: AccessRequest): Instant {
  return Date.parse(metadata.creationTimestamp)
}

/** Compares two requests for sorting: the older comes first. */
export function oldestFirst(one: AccessRequest, other: AccessRequest): number {
  return madeAt(one) - madeAt(other)
}
