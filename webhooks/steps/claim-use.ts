import { toMicroTime } from '../../src/api/micro-time.ts'
import {
  accessRecordKind,
  retryRecordName,
  useRecordName,
  type AccessRecord,
  type AccessRecordDraft,
} from '../../src/api/kinds/access-record.ts'
import type { Instant } from '../../src/api/duration.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import type { AccessUsed, Allow, Decision } from '../../src/decision/decision.ts'
import { isRetryOf, type UseCall } from '../../src/decision/gate/use.ts'
import { installation } from '../../src/api/installation.ts'
import { createSingle, readRecord } from './single-record.ts'

/** A use of an access, as a record notes it. */
export interface Use {
  readonly id: string
  readonly username: string
  readonly pod: string
  readonly time: Instant
  /** The digest of the call. */
  readonly digest: string
}

/**
 * Makes the one use of a `once` access, if that access lets the user in. The use is a record that can be created only
 * once. The record lies in our own namespace, and its name comes from the request's uid. So neither a deleted namespace
 * nor a request of the same name gives the use back. The same call may come once more: kubectl makes a second one if
 * the first opens no session. That is the retry. It has its own record.
 * @param decide returns the decision if these requests, by uid, are used; another one may be unused
 */
export async function claimUse(
  client: Client,
  decide: (used: ReadonlyMap<string, string | undefined>) => Decision,
  use: Use,
  signal: AbortSignal,
): Promise<Decision> {
  const used = new Map<string, string | undefined>()
  for (;;) {
    const decision = decide(used)
    if (decision.verdict === 'deny' || !decision.access?.once) return decision
    const { uid } = decision.access.request
    // No rule allows a request that is used. If one did, this loop would never end.
    if (used.has(uid)) throw new Error(`request ${uid} is used and was taken again`)
    signal.throwIfAborted()
    if (await createSingle(client, useRecord(decision.access, use), signal)) return decision
    const first = await readRecord(client, useRecordName(uid), signal)
    if (await claimRetry(client, decision.access, { first, use }, signal)) return asRetry(decision)
    used.set(uid, first?.spec.time)
  }
}

/** Makes the one retry of a use, if this call is one. @param first the record of the use */
async function claimRetry(
  client: Client,
  access: AccessUsed,
  { first, use }: { readonly first: AccessRecord | undefined; readonly use: Use },
  signal: AbortSignal,
): Promise<boolean> {
  if (!first || !isRetryOf(first, callOf(access, use), use.time)) return false
  return createSingle(client, retryRecord(access, use), signal)
}

function asRetry(decision: Allow): Decision {
  return { ...decision, why: `${decision.why}; the same call as its use, made once more` }
}

function useRecord(access: AccessUsed, use: Use): AccessRecordDraft {
  const type = 'dev.sallyport.access.used.v1'
  return record(useRecordName(access.request.uid), { ...base(access, use), type, use: callOf(access, use) })
}

function retryRecord(access: AccessUsed, use: Use): AccessRecordDraft {
  const type = 'dev.sallyport.access.retried.v1'
  return record(retryRecordName(access.request.uid), { ...base(access, use), type, retry: callOf(access, use) })
}

function base({ request }: AccessUsed, { id, time }: Use): Pick<AccessRecordDraft['spec'], 'id' | 'time' | 'request'> {
  return { id, time: toMicroTime(time), request }
}

function callOf({ podUID, container }: AccessUsed, { username, pod, digest }: Use): UseCall {
  return { username, pod, podUID, container, digest }
}

function record(name: string, spec: AccessRecordDraft['spec']): AccessRecordDraft {
  const { apiVersion, kind } = accessRecordKind
  return { apiVersion, kind, metadata: { name, namespace: installation.namespace }, spec }
}
