import type { Instant } from '../../api/duration.ts'
import { toMicroTime } from '../../api/micro-time.ts'
import type { Condition } from '../../api/kinds/condition.ts'

export type ConditionType =
  'TargetResolved' | 'ImagePinned' | 'PodAdmitted' | 'TargetExists' | 'Approved' | 'Ready' | 'Evicted'

/** What a condition says. */
export type ConditionState = Pick<Condition, 'status' | 'reason' | 'message'>

/** The conditions with this one set. The time of a transition stays while the status does (metav1.Condition). */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  type: ConditionType,
  { status, reason, message }: ConditionState,
  now: Instant,
): Condition[] {
  const before = conditions?.find((condition) => condition.type === type)
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : toMicroTime(now)
  const set: Condition = { type, status, reason, message, lastTransitionTime }
  return before ? (conditions ?? []).map((one) => (one === before ? set : one)) : [...(conditions ?? []), set]
}
