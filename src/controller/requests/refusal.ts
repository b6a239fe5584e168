import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { isFinished } from '../../decision/phase.ts'

/** The API server refused a step of an access. The message is for the requestor; the step is tried again, later and later. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

// With 500 the API server says that a webhook of the cluster does not answer.
const refusals = [400, 403, 404, 413, 422, 500]

/** Whether a status of the API server's is a refusal. Others say that a call came at a bad time. */
export function isRefusal(status: number | undefined): boolean {
  return refusals.includes(status ?? 0)
}

/**
 * A sentence for the requestor: the API server refused an object that the access needs, and why, in its words.
 * @returns undefined where the call merely failed; the next attempt will tell
 */
export function refusalText(error: unknown): string | undefined {
  if (error instanceof Refused) return error.message
  if (!(error instanceof KubeApiError) || !isRefusal(error.status)) return undefined
  const { about, statusMessage } = error
  if (!about || statusMessage === undefined) return undefined
  return say`its ${about.kind} was refused, and it is tried again: ` + quoted(statusMessage)
}

/** Whether the requestor is told. A live access is not called lost because the API server or a webhook fails. */
export function isToldTo(request: AccessRequest, error: unknown): boolean {
  const isFailure = error instanceof KubeApiError && error.status === 500
  return !isFinished(request) && !(isFailure && request.status?.phase === 'Active')
}
