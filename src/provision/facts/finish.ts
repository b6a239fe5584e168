import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessRequestStatus, Phase } from '../../api/kinds/access-request-status.ts'
import { toMicroTime } from '../../api/micro-time.ts'
import { cut } from '../../api/printable.ts'
import { withCondition } from './conditions.ts'
import { maxMessage, type Plan } from './request-plan.ts'

/** The phase in which a request ends, and the reason. */
export interface AccessEnd {
  readonly phase: Phase
  readonly message: string
}

/**
 * Ends a request. This status is written before anything is torn down. The gate reads the request, so the access is
 * over with this one write, whatever happens to the rest.
 */
export function finish(request: AccessRequest, phase: Phase, why: string, now: Instant): Plan {
  const message = cut(why, maxMessage)
  const conditions = withCondition(
    request.status?.conditions,
    'Ready',
    { status: 'False', reason: phase, message },
    now,
  )
  const finishedAt = toMicroTime(now)
  // A revocation changes the spec. Without this, `kubectl wait` for a condition would wait for ever.
  const observedGeneration = request.metadata.generation
  return {
    status: { ...withoutAwaits(request.status ?? {}), phase, message, conditions, observedGeneration, finishedAt },
    objects: [],
  }
}

/** Returns the status of a request that nothing is missing from. */
export function withoutAwaits({ awaits: _awaits, ...status }: AccessRequestStatus): AccessRequestStatus {
  return status
}
