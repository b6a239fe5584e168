import { allowed, type Decision } from './decision.ts'

/** Under Observe nobody is stopped, whatever the denial's cause; it is recorded with what it would have been. */
export function underEnforcement(decision: Decision, enforcement: 'Enforce' | 'Observe'): Decision {
  if (enforcement === 'Enforce' || decision.verdict === 'allow') return decision
  return { ...allowed('OBSERVED', 'enforcement is Observe'), would: decision }
}
