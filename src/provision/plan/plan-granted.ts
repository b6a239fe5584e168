import type { Instant } from '../../api/duration.ts'
import { whyUngranted } from '../../decision/gate/access-ended.ts'
import { kindOf } from '../access-kinds.ts'
import { finish, type AccessEnd } from '../facts/finish.ts'
import { grantedOf, type Granted } from '../facts/granted.ts'
import type { GrantedFacts } from '../facts/request-facts.ts'
import type { Moment, Plan, RequestPolicy } from '../facts/request-plan.ts'
import { say } from '../../decision/text/sentence.ts'
import { finishEarly } from './finish-early.ts'
import { underpinningsChanged } from './underpinnings.ts'

// The pause while the access has begun by the later time, and has not by the earlier one.
const inDoubtMs = 10_000

/** Plans an approved request whose time is not over, until something ends it. */
export function planGranted(facts: GrantedFacts, policy: RequestPolicy, { now, earliest }: Moment): Plan {
  const { request } = facts
  const granted = grantedOf(facts)
  if (!granted) return finish(request, 'Failed', 'its status is incomplete: ask again', now)
  const lost = lostBy(facts, policy)
  if (lost !== undefined) return finishEarly(request, { phase: 'Revoked', message: lost }, { pod: facts.pod, now })
  const end = endOf(facts, granted, now)
  if (end) return finish(request, end.phase, end.message, now)
  const { begins, expires, completes } = granted
  const kind = kindOf(request.spec)
  if (earliest < begins) {
    const wakeAt = now < begins ? begins : now + inDoubtMs
    const awaits = say`begins ${request.spec.startAt ?? ''}`
    return { status: request.status ?? {}, awaits, objects: kind.beforehand(facts), wakeAt }
  }
  const next = kind.plan(facts, granted, now)
  const awaits = next.status.phase === 'Active' ? {} : { awaits: 'to be set up' }
  return { ...awaits, ...next, wakeAt: Math.min(expires, completes, next.wakeAt ?? Infinity) }
}

/** Says what the access rested on and has lost. Undefined if it has all. */
function lostBy(facts: GrantedFacts, policy: RequestPolicy): string | undefined {
  const { request, grants, template } = facts
  const there = new Map(grants.map((grant) => [grant.metadata.name, grant]))
  return underpinningsChanged(facts) ?? whyUngranted(request, { grants: there, template }, policy)
}

function endOf(facts: GrantedFacts, granted: Granted, now: Instant): AccessEnd | undefined {
  const ended = kindOf(facts.request.spec).ended(facts)
  if (ended) return ended
  return now < granted.completes ? undefined : { phase: 'Completed', message: 'it was used' }
}
