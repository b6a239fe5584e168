import { parseDuration, type Instant, type Milliseconds } from '../../api/duration.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import { fromMicroTime, toMicroTime } from '../../api/micro-time.ts'
import { cut } from '../../api/printable.ts'
import { boundedDuration } from '../../decision/admission/direct-rules.ts'
import { say, toldByOthers } from '../../decision/text/sentence.ts'
import { withCondition } from '../facts/conditions.ts'
import { finish } from '../facts/finish.ts'
import type { RequestFacts } from '../facts/request-facts.ts'
import { maxMessage, type Plan, type ResolvePolicy } from '../facts/request-plan.ts'
import { saidBy } from '../facts/granted.ts'
import type { RequestVerdict } from './verdict.ts'

type Approved = Extract<RequestVerdict, { verdict: 'approved' }>

/** Returns the status of a request that is approved now. Only here is the end of the access set, once. */
export function approved(
  facts: RequestFacts,
  { by, boundsExpiry = Infinity }: Approved,
  policy: ResolvePolicy,
  now: Instant,
): AccessRequestStatus {
  const { status, spec } = facts.request
  const begin = Math.max(now, fromMicroTime(spec.startAt ?? '') ?? now)
  const duration = durationGiven(facts, by, policy)
  const message = cut(whoGranted(facts, by), maxMessage)
  const granted = { status: 'True', reason: 'Granted', message } as const
  return {
    ...status,
    conditions: withCondition(status?.conditions, 'Approved', granted, now),
    phase: begin > now ? 'Scheduled' : 'Approved',
    message,
    approvals: by.map(({ metadata: { name, uid }, spec: { grantedBy } }) => ({
      ...{ name, uid },
      grantedBy: grantedBy?.username ?? '',
    })),
    duration,
    approvedAt: toMicroTime(now),
    expiresAt: toMicroTime(Math.min(begin + millisecondsOf(duration), boundsExpiry)),
  }
}

/** Returns the approver whose verdict came last; undefined where time opened the access, or no approval was needed. */
export function lastApprover({ request }: RequestFacts, { by }: Approved): Identity | undefined {
  if (request.status?.phase === 'Scheduled') return undefined
  const [first, ...others] = by
  const createdAt = ({ metadata }: AccessGrant): Instant => Date.parse(metadata.creationTimestamp)
  return others.reduce((last, one) => (createdAt(one) >= createdAt(last ?? one) ? one : last), first)?.spec.grantedBy
}

/** Returns who granted the request, with their messages to the requestor. */
function whoGranted({ request: { spec } }: RequestFacts, by: readonly AccessGrant[]): string {
  if (by.length === 0) return say`${spec.templateRef?.kind ?? ''} ${spec.templateRef?.name ?? ''} asks for no approval`
  const names = by.map(({ spec: { grantedBy } }) => say`${grantedBy?.username ?? ''}`).join(', ')
  return [`${names} granted it`, ...saidBy(by)].join('; ')
}

/** Returns the duration that was asked for, or the shortest one to which an approver shortened it. */
function durationGiven(
  { request, template }: RequestFacts,
  by: readonly AccessGrant[],
  { direct }: ResolvePolicy,
): string {
  const given = [boundedDuration(request.spec, template, direct), ...by.flatMap(({ spec }) => spec.duration ?? [])]
  return given.reduce((shortest, one) => (millisecondsOf(one) < millisecondsOf(shortest) ? one : shortest))
}

function millisecondsOf(duration: string): Milliseconds {
  return parseDuration(duration) ?? 0
}

/** Ends a request that somebody denied. */
export function denyRequest(facts: RequestFacts, { spec }: AccessGrant, now: Instant): Plan {
  const why = spec.message === undefined ? '' : `: ${toldByOthers(spec.message)}`
  const by = spec.grantedBy
  return { ...ended(facts, 'Denied', say`${by?.username ?? 'somebody'} denied it` + why, now), by }
}

/** Ends a request that a challenge of its template refuses. */
export function refuseRequest(
  facts: RequestFacts,
  { code, message }: Extract<RequestVerdict, { verdict: 'refused' }>,
  now: Instant,
): Plan {
  return ended(facts, 'Refused', `${message} (${code})`, now)
}

function ended({ request }: RequestFacts, reason: string, message: string, now: Instant): Plan {
  const denial = { status: 'False', reason, message: cut(message, maxMessage) } as const
  const conditions = withCondition(request.status?.conditions, 'Approved', denial, now)
  return finish({ ...request, status: { ...request.status, conditions } }, 'Denied', message, now)
}
