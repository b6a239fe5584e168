import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { isFinished } from '../../decision/phase.ts'

/**
 * The error that tells that the API server refused a step of an access. Its message is for the requestor. The step is
 * tried again, later and later.
 */
export class Refused extends Error {
  override readonly name = 'Refused'
}

// The API server answers 500 if a webhook of the cluster does not answer.
const refusals = [400, 403, 404, 413, 422, 500]

/** True if an HTTP status of the API server is a refusal. Others say that a call came at a bad time. */
export function isRefusal(status: number | undefined): boolean {
  return refusals.includes(status ?? 0)
}

/**
 * Returns a sentence for the requestor: which object of the access the API server refused, and why, in its words.
 * Undefined if the call merely failed: the next attempt will tell.
 */
export function refusalText(error: unknown): string | undefined {
  if (error instanceof Refused) return error.message
  if (!(error instanceof KubeApiError) || !isRefusal(error.status)) return undefined
  const { about, statusMessage } = error
  if (!about || statusMessage === undefined) return undefined
  return say`the API server refused its ${about.kind}, and Sallyport tries again: ` + quoted(statusMessage)
}

/** True if the requestor is told. A live access is not called lost because the API server or a webhook fails. */
export function isToldTo(request: AccessRequest, error: unknown): boolean {
  const isFailure = error instanceof KubeApiError && error.status === 500
  return !isFinished(request) && !(isFailure && request.status?.phase === 'Active')
}
