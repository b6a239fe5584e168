import type { AccessRequest } from '../api/kinds/access-request.ts'
import { finalPhases, type AccessRequestStatus } from '../api/kinds/access-request-status.ts'

/**
 * True if the request was approved and nothing has ended it. A Scheduled request may not be approved yet: it waits only
 * for the hours of its template.
 */
export function isGranted({ phase, approvedAt }: AccessRequestStatus = {}): boolean {
  return phase === 'Approved' || phase === 'Active' || (phase === 'Scheduled' && approvedAt !== undefined)
}

/** True if the request has ended for good, or is being deleted: somebody's finalizer may hold it for a long time. */
export function isFinished({ metadata, status }: AccessRequest): boolean {
  return metadata.deletionTimestamp !== undefined || finalPhases.some((phase) => phase === status?.phase)
}

/** True if the target of a request is known. From then on the request has its place under its template. */
export function isTakenUp({ status }: Pick<AccessRequest, 'status'>): boolean {
  return status?.target !== undefined || status?.bindings !== undefined
}
