import type { Instant } from '../../api/duration.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { whyForbidden } from '../../decision/admission/direct-rules.ts'
import { isTakenUp } from '../../decision/phase.ts'
import { kindOf } from '../access-kinds.ts'
import { finish } from '../facts/finish.ts'
import type { DecisionFacts, RequestFacts, ResolveFacts } from '../facts/request-facts.ts'
import type { Moment, Plan, RequestPolicy } from '../facts/request-plan.ts'
import { approved, denyRequest, lastApprover, refuseRequest } from './decided.ts'
import { evictionOf } from './eviction.ts'
import { planResolve } from './plan-resolve.ts'
import { underpinningsChanged } from './underpinnings.ts'
import { denialOf, verdictOn, type RequestVerdict } from './verdict.ts'
import { waitingFor } from './waiting.ts'

/** Plans a request that waits: first for its pod, then for a verdict, then for the hours of its template. */
export function planPending(facts: ResolveFacts & DecisionFacts, policy: RequestPolicy, at: Moment): Plan {
  const { now } = at
  const { request } = facts
  const denial = denialOf(facts, policy)
  if (denial) return denyRequest(facts, denial, now)
  if (isTakenUp(request)) return planDecision(facts, policy, at)
  const deadline = deadlineOf(facts, policy)
  if (now >= deadline.at) return finish(request, 'Expired', deadline.why, now)
  return planResolve(facts, policy, deadline.at, at)
}

function planDecision(facts: DecisionFacts, policy: RequestPolicy, at: Moment): Plan {
  const { request } = facts
  const changed = whyForbidden(request.spec, policy.direct) ?? whyChanged(facts)
  if (changed !== undefined) return finish(request, 'Failed', changed, at.now)

  const verdict = verdictOn(facts, policy, at)
  if (verdict.verdict === 'refused') return refuseRequest(facts, verdict, at.now)
  const objects = kindOf(request.spec).beforehand(facts)
  const deadline = deadlineOf(facts, policy)
  if (isLate(deadline, verdict, at.now)) return finish(request, 'Expired', deadline.why, at.now)
  if (verdict.verdict === 'waits') {
    const awaits = verdict.awaits.join(', ')
    return { status: waiting(facts, verdict), awaits, objects, wakeAt: verdict.until ?? deadline.at }
  }
  // The eviction is noted first, so that a crash right after the approval leaves nobody inside.
  const eviction = facts.eviction ? undefined : evictionOf(request, at.earliest)
  if (eviction) {
    return { status: request.status ?? {}, objects, then: { do: 'note-eviction', eviction }, wakeAt: deadline.at }
  }
  const by = lastApprover(facts, verdict)
  return { status: approved(facts, verdict, policy, at.earliest), objects, wakeAt: at.now, by }
}

/** Returns why the request is no longer what was to be approved. Undefined if it still is. */
function whyChanged(facts: DecisionFacts): string | undefined {
  return underpinningsChanged(facts) ?? kindOf(facts.request.spec).ended(facts)?.message
}

function isLate(deadline: Deadline, verdict: RequestVerdict, now: Instant): boolean {
  if (now < deadline.at) return false
  // A request that waits only for an hour is decided.
  if (verdict.verdict !== 'approved') return !('until' in verdict)
  // So is a request that was approved in time, if Sallyport was down meanwhile.
  const times = verdict.by.map(({ metadata }) => Date.parse(metadata.creationTimestamp))
  return !deadline.isStart && !(times.length > 0 && Math.max(...times) < deadline.at)
}

interface Deadline {
  readonly at: Instant
  readonly why: string
  readonly isStart: boolean
}

/** Returns the deadline for a decision. A request with a startAt is not wanted at a later time. */
function deadlineOf({ request }: Pick<RequestFacts, 'request'>, { pendingTimeoutMs }: RequestPolicy): Deadline {
  const { metadata, spec } = request
  const created = Date.parse(metadata.creationTimestamp)
  const startAt = fromMicroTime(spec.startAt ?? '') ?? created
  const timeout = created + pendingTimeoutMs
  return startAt > created && startAt < timeout
    ? { at: startAt, why: 'nobody decided it before its startAt: ask again', isStart: true }
    : { at: timeout, why: 'nobody decided it in time: ask again', isStart: false }
}

/** Writes the message anew each time, because it names those who are still needed, and that changes. */
function waiting(facts: RequestFacts, verdict: Extract<RequestVerdict, { verdict: 'waits' }>): AccessRequestStatus {
  const { status } = facts.request
  if (verdict.message === undefined) return status ?? {}
  const phase = verdict.until === undefined ? 'Pending' : 'Scheduled'
  return { ...status, phase, message: waitingFor(facts, verdict) }
}
