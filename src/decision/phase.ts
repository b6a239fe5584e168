import type { AccessRequest } from '../api/kinds/access-request.ts'
import { finalPhases, type AccessRequestStatus } from '../api/kinds/access-request-status.ts'

/**
 * It was approved and nothing has ended it. Scheduled is also what waits for nothing but the hours of its template, and is not
 * approved yet.
 */
export function isGranted({ phase, approvedAt }: AccessRequestStatus = {}): boolean {
  return phase === 'Approved' || phase === 'Active' || (phase === 'Scheduled' && approvedAt !== undefined)
}

/** Ended for good. What is being deleted has ended, too: a finalizer of somebody's may hold it for long. */
export function isFinished({ metadata, status }: AccessRequest): boolean {
  return metadata.deletionTimestamp !== undefined || finalPhases.some((phase) => phase === status?.phase)
}

/** Whether it is known what a request is about: from then on it has its place under its template. */
export function isTakenUp({ status }: Pick<AccessRequest, 'status'>): boolean {
  return status?.target !== undefined || status?.bindings !== undefined
}
