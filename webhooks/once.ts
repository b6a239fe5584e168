import { toMicroTime } from '../src/api/micro-time.ts'
import { accessRecordKind, useRecordName, type AccessRecordDraft } from '../src/api/kinds/access-record.ts'
import type { Instant } from '../src/api/duration.ts'
import { KubeApiError } from '../src/cluster/api-error.ts'
import type { Client } from '../src/cluster/client.ts'
import type { AccessUsed, Decision } from '../src/decision/decision.ts'
import { installation } from '../src/provision/install/names.ts'

/** A way in that is let in, as a record notes it. */
export interface Use {
  readonly id: string
  readonly username: string
  readonly pod: string
  readonly time: Instant
}

/**
 * Makes the one use of a `once` access, if that is what lets the user in: a record that only one can create. The record
 * lies in our own namespace, and goes by the request's uid: so neither a deleted namespace nor a request of the same
 * name gives the use back.
 * @param decide the decision where these requests, by uid, are used: somebody may have another one that is not
 */
export async function claimUse(
  client: Client,
  decide: (used: ReadonlySet<string>) => Decision,
  use: Use,
  signal: AbortSignal,
): Promise<Decision> {
  const used = new Set<string>()
  for (;;) {
    const decision = decide(used)
    if (decision.verdict === 'deny' || !decision.access?.once) return decision
    const { uid } = decision.access.request
    // It was used and is let in all the same: no rule does that, and one that did must not have us ask for ever.
    if (used.has(uid)) throw new Error(`request ${uid} is used and was taken again`)
    signal.throwIfAborted()
    if (await createUse(client, useRecord(decision.access, use), signal)) return decision
    used.add(uid)
  }
}

/** False where it was there before. */
async function createUse(client: Client, record: AccessRecordDraft, signal: AbortSignal): Promise<boolean> {
  try {
    await client.create(accessRecordKind, record, signal)
    return true
  } catch (error) {
    if (error instanceof KubeApiError && error.reason === 'AlreadyExists') return false
    throw error
  }
}

function useRecord({ request, podUID, container }: AccessUsed, { id, username, pod, time }: Use): AccessRecordDraft {
  return {
    apiVersion: accessRecordKind.apiVersion,
    kind: accessRecordKind.kind,
    metadata: { name: useRecordName(request.uid), namespace: installation.namespace },
    spec: {
      id,
      type: 'dev.sallyport.access.used.v1',
      time: toMicroTime(time),
      request,
      use: { username, pod, podUID, container },
    },
  }
}
