import { toMicroTime } from '../src/api/micro-time.ts'
import { accessRecordKind, useRecordName, type AccessRecordDraft } from '../src/api/kinds/access-record.ts'
import type { Instant } from '../src/api/duration.ts'
import { KubeApiError } from '../src/cluster/api-error.ts'
import type { Client } from '../src/cluster/client.ts'
import type { AccessUsed, Decision } from '../src/decision/decision.ts'
import { alreadyUsed } from '../src/decision/gate.ts'
import { installation } from '../src/provision/install/names.ts'

interface Use {
  readonly id: string
  readonly username: string
  readonly pod: string
  readonly time: Instant
}

/**
 * Makes the one use of a `once` access, if that is what lets the user in: a record that only one can create. The record
 * lies in our own namespace, and goes by the request's uid: so neither a deleted namespace nor a request of the same
 * name gives the use back.
 */
export async function claimUse(client: Client, decision: Decision, use: Use, signal: AbortSignal): Promise<Decision> {
  if (decision.verdict === 'deny' || !decision.access?.once) return decision
  signal.throwIfAborted()
  try {
    await client.create(accessRecordKind, useRecord(decision.access, use), signal)
    return decision
  } catch (error) {
    if (error instanceof KubeApiError && error.reason === 'AlreadyExists')
      return alreadyUsed(decision.access.request.name)
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
