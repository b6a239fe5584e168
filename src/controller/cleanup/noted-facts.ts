import { accessRecordKind, type AccessRecord, type Eviction, type Undo } from '../../api/kinds/access-record.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Instant } from '../../api/duration.ts'
import { installation } from '../../api/installation.ts'
import { toMicroTime } from '../../api/micro-time.ts'
import { failedOn, isConflict } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { keyOf } from '../views/keys.ts'
import { byRequest, type Views } from '../views/views.ts'

/** The facts that outlive their request. */
interface NotedFacts {
  readonly eviction: Eviction
  readonly undo: Undo
}

/** An AccessRecord about a request. */
type AboutRequest = AccessRecord & {
  readonly spec: { readonly request: NonNullable<AccessRecord['spec']['request']> }
}

/** An AccessRecord that notes a fact about a request. */
export type NotedFact<Name extends keyof NotedFacts> = AboutRequest & { readonly spec: Pick<NotedFacts, Name> }

/** The fact to note, and the name and type of its record. */
interface FactToNote {
  readonly name: string
  readonly type: string
  readonly fact: Partial<NotedFacts>
  readonly now: Instant
}

/**
 * Notes a fact where no requestor can reach it. Otherwise a requestor could evade it by deleting the request, whatever
 * finalizer that has. The name makes sure that it is noted once.
 */
export async function noteFact(
  client: Client,
  { metadata: { namespace, name, uid } }: AccessRequest,
  { name: record, type, fact, now }: FactToNote,
  signal: AbortSignal,
): Promise<void> {
  const draft = {
    apiVersion: accessRecordKind.apiVersion,
    kind: accessRecordKind.kind,
    metadata: { name: record, namespace: installation.namespace },
    spec: { id: uid, type, time: toMicroTime(now), request: { namespace, name, uid }, ...fact },
  }
  try {
    await client.create(accessRecordKind, draft, signal)
  } catch (error) {
    if (!isConflict(error)) throw failedOn(draft, error)
  }
}

/** Returns the record that notes a fact of this sort about a request. */
export function factOf<Noted extends AboutRequest>(
  views: Views,
  request: AccessRequest,
  isOfSort: (record: AccessRecord) => record is Noted,
): Noted | undefined {
  const records = views.records.by(byRequest, keyOf(request)).filter(isOfSort)
  return records.find(({ spec }) => spec.request.uid === request.metadata.uid)
}
