import type { Instant } from '../api/duration.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import { fromMicroTime } from '../api/micro-time.ts'
import type { Phase, Target } from '../api/kinds/access-request-status.ts'
import { whyUngranted } from '../decision/access-ended.ts'
import { targetChanged } from '../decision/target.ts'
import { accessMessage } from './access-message.ts'
import { withCondition } from './conditions.ts'
import { execBinding, execRole } from './exec-objects.ts'
import { finish, underpinningsChanged, type Facts, type Plan, type RequestPolicy } from './request-plan.ts'

// A use is recorded before the session begins, which then still has to pass RBAC. Seconds, for a slow API server.
const sessionStartMs = 5_000

/** A request that somebody approved: until its time is over or something ends it. */
export function planGranted(facts: Facts, policy: RequestPolicy, now: Instant): Plan {
  const { request } = facts
  const granted = grantedOf(facts)
  if (!granted) return finish(request, 'Failed', 'its status is incomplete', now)
  const end = endOf(facts, granted, policy, now)
  if (end) return finish(request, end.phase, end.message, now)
  const { target, requestor, begins, expires, completes } = granted
  const role = execRole(facts, target)
  if (now < begins) return { status: request.status ?? {}, objects: [role], wakeAt: begins }
  return {
    status: facts.listed && facts.authorized ? active(facts, target, now) : provisioned(request),
    objects: [role, execBinding(request, requestor)],
    wakeAt: Math.min(expires, completes),
  }
}

interface Granted {
  readonly target: Target
  readonly requestor: string
  readonly begins: Instant
  readonly expires: Instant
  /** After its one use; never where it was not used. */
  readonly completes: Instant
}

function grantedOf({ request: { spec, status }, usedAt }: Facts): Granted | undefined {
  if (!status?.target || status.expiresAt === undefined || !spec.requestor) return undefined
  return {
    target: status.target,
    requestor: spec.requestor.username,
    begins: spec.startAt === undefined ? 0 : (fromMicroTime(spec.startAt) ?? Infinity),
    expires: Date.parse(status.expiresAt),
    completes: usedAt === undefined ? Infinity : usedAt + sessionStartMs,
  }
}

interface End {
  readonly phase: Phase
  readonly message: string
}

function endOf(facts: Facts, granted: Granted, policy: RequestPolicy, now: Instant): End | undefined {
  const { request, grants, pod } = facts
  if (now >= granted.expires) return { phase: 'Expired', message: 'its time is over' }
  const ungranted = whyUngranted(request, new Map(grants.map((grant) => [grant.metadata.name, grant])), policy)
  if (ungranted !== undefined) return { phase: 'Revoked', message: ungranted }
  const lost = underpinningsChanged(facts)
  if (lost !== undefined) return { phase: 'Revoked', message: lost }
  const changed = targetChanged(granted.target, pod)
  if (changed !== undefined) return { phase: 'Failed', message: changed }
  return now < granted.completes ? undefined : { phase: 'Completed', message: 'it was used' }
}

/** Once active it stays so while a deleted binding is being mended: the gate does not ask for this. */
function provisioned({ status }: AccessRequest): Plan['status'] {
  return status?.phase === 'Scheduled' ? { ...status, phase: 'Approved' } : { ...status }
}

function active(facts: Facts, target: Target, now: Instant): Plan['status'] {
  const { request } = facts
  const message = `ready until ${request.status?.expiresAt ?? ''}`
  const ready = { status: 'True', reason: 'Provisioned', message } as const
  return {
    ...request.status,
    phase: 'Active',
    message,
    conditions: withCondition(request.status?.conditions, 'Ready', ready, now),
    accessMessage: accessMessage(facts, target),
    resources: [execRole(facts, target), execBinding(request, '')].map(({ apiVersion, kind, metadata }) => ({
      apiVersion,
      kind,
      namespace: request.metadata.namespace,
      name: metadata.name,
    })),
  }
}
