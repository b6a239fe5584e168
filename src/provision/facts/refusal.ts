import { conditionIn } from '../../api/conditions.ts'
import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import type { Condition } from '../../api/kinds/condition.ts'
import { cut } from '../../api/printable.ts'
import { isGranted, isTakenUp } from '../../decision/phase.ts'
import { withCondition } from './conditions.ts'
import type { PassFacts, RequestFacts } from './request-facts.ts'
import { maxMessage, type Plan } from './request-plan.ts'
import { waitsForGrant } from '../plan/waiting.ts'

const reason = 'Refused'

/** True if the status says that the API server refused an object of this access. */
export function isRefused({ status }: AccessRequest): boolean {
  return conditionIn(status, 'Ready')?.reason === reason
}

/**
 * Returns the status with the API server's refusal. Condition Ready is False until the API server accepts the object. A
 * live access that lacks an object is Approved again, and not Active.
 * @param before The request as it is stored. A refusal that it tells already keeps its time.
 */
export function withRefusal(
  before: AccessRequest,
  status: AccessRequestStatus,
  words: string,
  now: Instant,
): AccessRequestStatus {
  const message = cut(words, maxMessage)
  const ready = conditionIn(before.status, 'Ready')
  const told = withCondition(ready && [ready], 'Ready', { status: 'False', reason, message }, now)
  return {
    ...status,
    ...(status.phase === 'Active' && { phase: 'Approved' }),
    message,
    conditions: [...withoutReady(status), ...told],
  }
}

/** Returns the request as if nothing had been refused. If a refusal still stands, the next plan or attempt tells it. */
export function withoutRefusal(request: AccessRequest, template: RequestFacts['template']): AccessRequest {
  const { status } = request
  if (!status || !isRefused(request)) return request
  const { message, ...rest } = status
  const instead = messageOf(request, template) ?? message
  const conditions = withoutReady(status)
  return { ...request, status: { ...rest, conditions, ...(instead !== undefined && { message: instead }) } }
}

/** Returns the message that the refusal replaced. */
function messageOf(request: AccessRequest, template: RequestFacts['template']): string | undefined {
  const { status = {} } = request
  if (isGranted(status)) return conditionIn(status, 'Approved')?.message
  return status.shortDigest === undefined ? undefined : waitsForGrant({ request, template })
}

/** Returns the API server's words if it refused the pass. Without the pass the gate could not find the access. */
export function passRefusal(
  { request, listed, passRefused }: Pick<RequestFacts, 'request'> & PassFacts,
  { status }: Plan,
): string | undefined {
  return !listed && isTakenUp({ ...request, status }) ? passRefused : undefined
}

function withoutReady({ conditions = [] }: AccessRequestStatus): Condition[] {
  return conditions.filter(({ type }) => type !== 'Ready')
}
