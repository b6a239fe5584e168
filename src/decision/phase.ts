import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Phase } from '../api/kinds/access-request-status.ts'

/** Phases in which somebody has approved and nothing has ended it. */
const granted: readonly Phase[] = ['Scheduled', 'Approved', 'Active']

export function isGranted(phase: Phase | undefined): boolean {
  return phase !== undefined && granted.includes(phase)
}

/** Ended for good. What is being deleted has ended, too: a finalizer of somebody's may hold it for long. */
export function isFinished({ metadata, status }: AccessRequest): boolean {
  const phase = status?.phase ?? 'Pending'
  return metadata.deletionTimestamp !== undefined || (phase !== 'Pending' && !isGranted(phase))
}
