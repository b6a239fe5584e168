import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Pod } from '../../api/pod.ts'
import { isFinished, isGranted } from '../../decision/phase.ts'
import { say, toldByOthers } from '../../decision/text/sentence.ts'
import { described } from './described.ts'
import { planEviction } from './eviction.ts'
import { planUndo } from '../task/undo-step.ts'
import { finishEarly } from './finish-early.ts'
import type { EvictionFacts, Facts, RequestFacts, UndoFacts } from '../facts/request-facts.ts'
import type { Plan, RequestPolicy } from '../facts/request-plan.ts'
import { planGranted } from './plan-granted.ts'
import { planPending } from './plan-pending.ts'
import { passRefusal, withoutRefusal, withRefusal } from '../facts/refusal.ts'

/**
 * Plans one step from the current state towards the wanted state (level-triggered).
 * @param now The time that ends things.
 * @param earliest The time that begins things, if the time of day is in doubt. It is not later than `now`.
 */
export function plan(facts: Facts, policy: RequestPolicy, now: Instant, earliest = now): Plan {
  const { request } = facts
  if (isFinished(request)) return planFinished(facts, policy, now)
  const at = { now, earliest }
  const others = isGranted(request.status) ? planGranted : planPending
  const next = ownEnd(request, facts.pod, now) ?? told(facts, others(unrefused(facts), policy, at), now)
  return { ...next, status: described(facts, next, policy) }
}

function unrefused(facts: Facts): Facts {
  return { ...facts, request: withoutRefusal(facts.request, facts.template) }
}

function told(facts: Facts, next: Plan, now: Instant): Plan {
  const { request } = facts
  if (isFinished({ ...request, status: next.status })) return next
  const refusal = next.refusal ?? passRefusal(facts, next)
  if (refusal === undefined) return next
  return { ...next, awaits: 'the cluster', status: withRefusal(request, next.status, refusal, now) }
}

/**
 * Returns the end of a request that says itself that it is over. Nothing else counts then, even if it cannot be read.
 * Undefined if the request does not say so.
 * @param pod It only tells what is left behind. Undefined if it is not known.
 */
export function ownEnd(request: AccessRequest, pod: Pod | undefined, now: Instant): Plan | undefined {
  const { spec, status } = request
  if (isFinished(request)) return undefined
  if (spec.revoked) {
    const { by, message } = spec.revoked
    const why = message === undefined ? '' : `: ${toldByOthers(message)}`
    const end = { phase: 'Revoked', message: say`${by?.username ?? 'somebody'} revoked it` + why } as const
    return { ...finishEarly(request, end, { pod, now }), by }
  }
  const isOver = isGranted(status) && now >= Date.parse(status?.expiresAt ?? '')
  return isOver ? finishEarly(request, { phase: 'Expired', message: 'its time is over' }, { pod, now }) : undefined
}

function planFinished(
  { request, eviction, undo }: Pick<RequestFacts, 'request'> & EvictionFacts & UndoFacts,
  { retentionMs }: RequestPolicy,
  now: Instant,
): Plan {
  const { metadata, status = {} } = request
  if (eviction) return planEviction(request, eviction, now)
  if (undo) return planUndo(request, now)
  // Somebody's finalizer, or an object that the request owns, may hold it for as long as they wish.
  if (metadata.deletionTimestamp !== undefined) return { status, objects: [] }
  const finishedAt = Date.parse(status.finishedAt ?? metadata.creationTimestamp)
  const wakeAt = finishedAt + retentionMs
  return now < wakeAt ? { status, objects: [], wakeAt } : { status, objects: [], then: { do: 'prune' } }
}
