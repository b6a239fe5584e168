import type { Instant } from '../../api/duration.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { Phase } from '../../api/kinds/access-request-status.ts'
import { whyUngranted } from '../../decision/gate/access-ended.ts'
import { leftWorkload, targetChanged, targetEnded } from '../../decision/pod/target.ts'
import { execRole } from '../exec/exec-objects.ts'
import { grantedOf, type Granted, type GrantedPod } from '../facts/granted.ts'
import { planExec } from '../exec/plan-exec.ts'
import { planRole } from '../role/plan-role.ts'
import { planShell } from '../shell/plan-shell.ts'
import {
  finish,
  underpinningsChanged,
  type Facts,
  type Moment,
  type Plan,
  type RequestPolicy,
} from '../facts/request-plan.ts'

// By the later time it has begun, by the earlier it has not.
const inDoubtMs = 10_000

/** A request that somebody approved, whose time is not over: until something ends it. */
export function planGranted(facts: Facts, policy: RequestPolicy, { now, earliest }: Moment): Plan {
  const { request } = facts
  const granted = grantedOf(facts)
  if (!granted) return finish(request, 'Failed', 'its status is incomplete', now)
  const end = endOf(facts, granted, policy, now)
  if (end) return finish(request, end.phase, end.message, now)
  const { begins, expires, completes } = granted
  if (earliest < begins) {
    const wakeAt = now < begins ? begins : now + inDoubtMs
    return { status: request.status ?? {}, objects: beforehand(facts), wakeAt }
  }
  const next = planAccess(facts, granted, now)
  return { ...next, wakeAt: Math.min(expires, completes, next.wakeAt ?? Infinity) }
}

function planAccess(facts: Facts, granted: Granted, now: Instant): Plan {
  const { spec, status } = facts.request
  if (spec.role) return planRole(facts, granted, now)
  if (!status?.target) return finish(facts.request, 'Failed', 'its status is incomplete', now)
  const ofPod: GrantedPod = { ...granted, target: status.target }
  return spec.shell ? planShell(facts, ofPod, now) : planExec(facts, ofPod, now)
}

/** What is there before anybody may use it: as early as can be, since what comes after it waits for it (execRole). */
export function beforehand(facts: Facts, { target } = facts.request.status ?? {}): readonly Manifest[] {
  return target ? [execRole(facts, target)] : []
}

interface End {
  readonly phase: Phase
  readonly message: string
}

function endOf(facts: Facts, granted: Granted, policy: RequestPolicy, now: Instant): End | undefined {
  const { request, grants, template } = facts
  const lost = underpinningsChanged(facts)
  if (lost !== undefined) return { phase: 'Revoked', message: lost }
  const there = new Map(grants.map((grant) => [grant.metadata.name, grant]))
  const ungranted = whyUngranted(request, { grants: there, template }, policy)
  if (ungranted !== undefined) return { phase: 'Revoked', message: ungranted }
  const lostPod = endOfTarget(facts)
  if (lostPod) return lostPod
  return now < granted.completes ? undefined : { phase: 'Completed', message: 'it was used' }
}

/** What becomes of a pod of its own, planShell sees to. */
function endOfTarget({ request: { spec, status }, pod, isOfWorkload }: Facts): End | undefined {
  if (spec.shell || !status?.target) return undefined
  const changed = targetChanged(status.target, pod) ?? leftWorkload(status.target, isOfWorkload)
  if (changed !== undefined) return { phase: 'Failed', message: changed }
  const ended = targetEnded(status.target, pod)
  return ended && { phase: ended.isWell ? 'Completed' : 'Failed', message: ended.why }
}
