import type { AccessRequest } from '../api/kinds/access-request.ts'
import { KubeApiError } from '../cluster/api-error.ts'
import { quoted, say } from '../decision/sentence.ts'
import { isFinished } from '../decision/phase.ts'

/** What the API server will not do of an access, in words for who asked. It is tried again, later and later. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

// Of 500 the API server's own word is that a webhook of the cluster does not answer.
const refusals = [400, 403, 404, 413, 422, 500]

/**
 * What of an error is for who asked: that an object which the access takes was refused, in the API server's words. Undefined where
 * the call merely failed: the next attempt will say.
 */
export function refusalText(error: unknown): string | undefined {
  if (error instanceof Refused) return error.message
  if (!(error instanceof KubeApiError) || !refusals.includes(error.status ?? 0)) return undefined
  const { about, statusMessage } = error
  if (!about || statusMessage === undefined) return undefined
  return say`its ${about.kind} was refused, and it is tried again: ` + quoted(statusMessage)
}

/** Whether the request is told. What is live is not said to be lost because the API server, or a webhook, fails. */
export function isToldTo(request: AccessRequest, error: unknown): boolean {
  const isFailure = error instanceof KubeApiError && error.status === 500
  return !isFinished(request) && !(isFailure && request.status?.phase === 'Active')
}
