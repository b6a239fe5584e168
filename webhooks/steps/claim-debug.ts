import {
  accessRecordKind,
  debugRecordName,
  type AccessRecord,
  type AccessRecordDraft,
} from '../../src/api/kinds/access-record.ts'
import { toMicroTime } from '../../src/api/micro-time.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { addedBy } from '../../src/decision/gate/debug-entry.ts'
import { denied, type AccessUsed, type Decision } from '../../src/decision/decision.ts'
import type { PodEntry } from '../../src/decision/gate/entry.ts'
import { say } from '../../src/decision/text/sentence.ts'
import { installation } from '../../src/api/installation.ts'
import type { Use } from './claim-use.ts'
import { createSingle, readRecord } from './single-record.ts'

/**
 * Records the owner of an allowed debug container before it is added. The pod does not show the owner, and only the
 * owner may attach to it. If the update then fails, only the same request may use the name.
 */
export async function claimDebug(
  client: Client,
  decision: Decision,
  { entry, use }: { readonly entry: PodEntry; readonly use: Use },
  signal: AbortSignal,
): Promise<Decision> {
  const added = addedBy(entry)
  if (!added || decision.verdict === 'deny' || !decision.access) return decision
  signal.throwIfAborted()
  const record = debugRecord(decision.access, added, use)
  return (await isOurs(client, record, signal)) ? decision : taken(added.container, entry)
}

function taken(container: string, { namespace, name }: PodEntry): Decision {
  const what = say`The name ${container} was given to another debug container of pod ${namespace}/${name}`
  return denied('E_DEBUG', what, 'Choose another name with -c, or leave -c out.')
}

async function isOurs(client: Client, record: AccessRecordDraft, signal: AbortSignal): Promise<boolean> {
  if (await createSingle(client, record, signal)) return true
  const found = await readRecord(client, record.metadata.name, signal)
  return found !== undefined && claimOf(found) === claimOf(record)
}

function claimOf({ spec: { request, debug } }: Pick<AccessRecord, 'spec'>): string {
  return JSON.stringify([request?.uid, debug?.digest])
}

function debugRecord(
  { request, podUID }: AccessUsed,
  { container, digest }: NonNullable<ReturnType<typeof addedBy>>,
  { id, username, pod, time }: Use,
): AccessRecordDraft {
  return {
    apiVersion: accessRecordKind.apiVersion,
    kind: accessRecordKind.kind,
    metadata: { name: debugRecordName(podUID, container), namespace: installation.namespace },
    spec: {
      id,
      type: 'dev.sallyport.debug.added.v1',
      time: toMicroTime(time),
      request,
      debug: { username, pod, podUID, container, digest },
    },
  }
}
