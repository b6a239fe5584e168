import type { Instant } from '../../../src/api/duration.ts'
import type { Phase } from '../../../src/api/kinds/access-request-status.ts'
import type { Model, ModelRequest } from './model.ts'

// A use is recorded before its session begins, and the session still has to pass RBAC: src/decision/gate/use.ts.
const sessionStartMs = 5_000

/** Notes the phases in which a request may end by itself: by its pod, its grants, its use or its time. */
export function noteEnds(request: ModelRequest, model: Model, now: Instant): void {
  for (const phase of endsAt(request, model, now)) request.ends.add(phase)
}

/** Returns the phases for all that has ended the request by this moment. */
export function endsAt(request: ModelRequest, model: Model, now: Instant): readonly Phase[] {
  return (Object.keys(endings) as (keyof typeof endings)[]).filter((phase) => endings[phase](request, model, now))
}

type Ending = (request: ModelRequest, model: Model, now: Instant) => boolean

const endings = {
  Failed: ({ target, pod }, { pods }) => target !== undefined && target.podUID !== pods.get(pod),
  Denied: ({ state, verdicts }) => state === 'waiting' && verdicts.some(({ verdict }) => verdict === 'Denied'),
  Revoked: ({ approval, verdicts }) =>
    approval !== undefined && !verdicts.some(({ grant }) => grant === approval.grant),
  Expired: ({ approval }, _model, now) => approval !== undefined && now >= approval.expiresAt,
  Completed: ({ usedAt }, _model, now) => usedAt !== undefined && now >= usedAt + sessionStartMs,
} as const satisfies Partial<Record<Phase, Ending>>
