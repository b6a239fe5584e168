import { conditionIn } from '../../api/conditions.ts'
import type { Instant } from '../../api/duration.ts'
import { toMicroTime } from '../../api/micro-time.ts'
import type { Condition } from '../../api/kinds/condition.ts'

export type ConditionType =
  'TargetResolved' | 'ImagePinned' | 'PodAdmitted' | 'TargetExists' | 'Approved' | 'Ready' | 'Evicted' | 'Undone'

/** The content of a condition, without its type and times. */
export type ConditionState = Pick<Condition, 'status' | 'reason' | 'message'>

/**
 * Returns the conditions with this one set. The time of its transition changes only with its status (metav1.Condition).
 */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  type: ConditionType,
  { status, reason, message }: ConditionState,
  now: Instant,
): Condition[] {
  const before = conditionIn({ conditions }, type)
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : toMicroTime(now)
  const set: Condition = { type, status, reason, message, lastTransitionTime }
  return before ? (conditions ?? []).map((one) => (one === before ? set : one)) : [...(conditions ?? []), set]
}
