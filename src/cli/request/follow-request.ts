import { setTimeout as sleep } from 'node:timers/promises'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import { asRequest } from './read-request.ts'

type FollowedRequest = Pick<AccessRequest, 'metadata'>

// Shorter than any time after which an API server ends a watch by itself.
const watchSeconds = 240
const retryMs = 1_000
// With the pauses this takes ten seconds or more. An API server that restarts is back by then.
const maxFailuresInARow = 10

/**
 * Yields the request as it is now, and then after each change. Ends when the request is gone or the signal aborts.
 * @throws KubeApiError if the user may not see the request, or the API server stays away
 */
export async function* followRequest(
  client: Client,
  request: FollowedRequest,
  signal: AbortSignal,
): AsyncGenerator<AccessRequest, void, undefined> {
  let failures = 0
  for (;;) {
    try {
      for await (const seen of followOnce(client, request, signal)) {
        failures = 0
        yield seen
      }
    } catch (error) {
      if (error instanceof Gone || signal.aborted) return
      failures += 1
      if (!mayPass(error) || failures > maxFailuresInARow) throw error
    }
    // Also after a watch that ended without an error: one that always ends at once must not make this loop spin.
    await sleep(retryMs)
  }
}

/** The request was deleted, or another has its name now. */
class Gone extends Error {
  override readonly name = 'Gone'
}

/**
 * Follows the request until the server ends the watch. A list gives the version to watch from: the request's own may be
 * too old by now.
 */
async function* followOnce(
  client: Client,
  { metadata: { namespace, name, uid } }: FollowedRequest,
  signal: AbortSignal,
): AsyncGenerator<AccessRequest, void, undefined> {
  const one = { namespace, fieldSelector: `metadata.name=${name}` }
  const { items, resourceVersion } = await client.list(accessRequestKind, one, signal)
  const [found] = items
  if (found?.metadata.uid !== uid) throw new Gone()
  yield asRequest(found)
  const watching = { ...one, resourceVersion, timeoutSeconds: watchSeconds, signal }
  for await (const event of await client.watch(accessRequestKind, watching)) {
    if (event.type === 'BOOKMARK') continue
    if (event.type === 'DELETED' || event.object.metadata.uid !== uid) throw new Gone()
    yield asRequest(event.object)
  }
}

/** True for no answer, too many calls, a watch that began too far back, and a fault of the server. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof KubeApiError)) return false
  return error.status === undefined || error.status === 410 || error.status === 429 || error.status >= 500
}
