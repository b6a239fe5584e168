import {
  accessRecordKind,
  evictionRecordName,
  type AccessRecord,
  type Eviction,
} from '../../api/kinds/access-record.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Instant } from '../../api/duration.ts'
import { isConflict, isNotFound, KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { pathOf } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { printable } from '../../api/printable.ts'
import { noteFact, type NotedFact } from './noted-facts.ts'

/** An AccessRecord of a pod that is to be evicted. */
export type EvictionRecord = NotedFact<'eviction'>

export function isEviction(record: AccessRecord): record is EvictionRecord {
  return record.spec.eviction !== undefined && record.spec.request !== undefined
}

/** Notes the eviction. Otherwise a requestor could keep the session by deleting the request. */
export function noteEviction(
  client: Client,
  request: AccessRequest,
  { eviction, now }: { readonly eviction: Eviction; readonly now: Instant },
  signal: AbortSignal,
): Promise<void> {
  const name = evictionRecordName(request.metadata.uid)
  return noteFact(client, request, { name, type: 'dev.sallyport.eviction.planned.v1', fact: { eviction }, now }, signal)
}

/**
 * Evicts the pod if somebody may be in it, and removes the record. Rejects if the eviction is refused: it is tried
 * again, later and later.
 */
export async function settleEviction(
  client: Client,
  record: EvictionRecord,
  how: { readonly evicts: boolean; readonly told?: (refusal: string | undefined) => Promise<unknown> },
  signal: AbortSignal,
): Promise<void> {
  if (how.evicts) {
    const refusal = await evict(client, record, signal)
    await how.told?.(refusal)
    if (refusal !== undefined) throw new Error(`pod ${record.spec.eviction.pod} is not evicted: ${refusal}`)
  }
  await client.remove(accessRecordKind, record.metadata, signal)
}

/**
 * Evicts the noted pod, and not another pod that has its name by now. Returns the API server's words if it refused,
 * most often for a PodDisruptionBudget. Undefined once the pod is evicted or gone.
 */
async function evict(
  client: Client,
  { spec: { request, eviction } }: EvictionRecord,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { pod: name, podUID: uid } = eviction
  const where = { namespace: request.namespace, name }
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: where,
    deleteOptions: { preconditions: { uid } },
  }
  try {
    await client.call(pathOf(resources.Pod, { ...where, subresource: 'eviction' }), { method: 'POST', body, signal })
    return undefined
  } catch (error) {
    // If another pod has that name, the API server answers with a conflict, as it does for other reasons.
    if (isNotFound(error)) return undefined
    if (isConflict(error) && (await client.get(resources.Pod, where, signal))?.metadata.uid !== uid) return undefined
    if (error instanceof KubeApiError && error.statusMessage !== undefined) return printable(error.statusMessage)
    throw error
  }
}
