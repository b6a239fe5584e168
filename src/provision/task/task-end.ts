import { conditionIn } from '../../api/conditions.ts'
import type { Instant, Milliseconds } from '../../api/duration.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import { hasWholeOutput, type TaskResult } from '../../api/kinds/access/task-result.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import type { AccessEnd } from '../facts/finish.ts'
import { resultText } from './task-leaves.ts'

/** Returns how an access ends after its task. */
export function taskEnd(result: TaskResult): AccessEnd {
  const phase = result.exitCode === 0 ? 'Completed' : 'Failed'
  return { phase, message: `its task ended with ${resultText(result)}` }
}

// A login to the cluster may take some seconds.
const beginMs: Milliseconds = 5_000

/**
 * Returns the time until which the requestor may begin to read an output that the status does not hold whole. Who has
 * begun reads to the end.
 */
export function readableUntil(status: AccessRequestStatus, result: TaskResult): Instant {
  if (result.outputBytes === undefined || hasWholeOutput(result)) return 0
  const ready = conditionIn(status, 'Ready')?.lastTransitionTime
  return (fromMicroTime(ready ?? '') ?? 0) + beginMs
}
