import { accessRecordKind, undoRecordName, type AccessRecord, type Undo } from '../../api/kinds/access-record.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Instant } from '../../api/duration.ts'
import { installation } from '../../api/installation.ts'
import type { RequestRef } from '../../api/kinds/references.ts'
import { toMicroTime } from '../../api/micro-time.ts'
import { isTaskContainer, type TaskContainer } from '../../decision/kinds/task/task-container.ts'
import { failedOn, isConflict, KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { resources } from '../../cluster/client/resources.ts'
import { undoStep, type UndoStep, type UndoTold } from '../../provision/task/undo-step.ts'
import { addContainer } from '../requests/add-container.ts'
import { isRefusal } from '../requests/refusal.ts'
import { trimPod } from '../views/trim-pod.ts'

/** An AccessRecord of a task that is to be undone. */
export type UndoRecord = AccessRecord & {
  readonly spec: { readonly undo: Undo; readonly request: NonNullable<AccessRecord['spec']['request']> }
}

export function isUndo(record: AccessRecord): record is UndoRecord {
  return record.spec.undo !== undefined && record.spec.request !== undefined
}

/** Notes the undo before the task begins. So the task is undone, whatever happens to the request and to Sallyport. */
export async function noteUndo(
  client: Client,
  { metadata: { namespace, name, uid } }: AccessRequest,
  { undo, now }: { readonly undo: Undo; readonly now: Instant },
  signal: AbortSignal,
): Promise<void> {
  const record = {
    apiVersion: accessRecordKind.apiVersion,
    kind: accessRecordKind.kind,
    metadata: { name: undoRecordName(uid), namespace: installation.namespace },
    spec: {
      id: uid,
      type: 'dev.sallyport.undo.planned.v1',
      time: toMicroTime(now),
      request: { namespace, name, uid },
      undo,
    },
  }
  try {
    await client.create(accessRecordKind, record, signal)
  } catch (error) {
    if (!isConflict(error)) throw failedOn(record, error)
  }
}

/** An undo that is over, for the audit. */
export interface UndoOver {
  readonly request: RequestRef
  readonly undo: Undo
  readonly step: Extract<UndoStep, { is: 'over' }>
}

interface HowToUndo {
  /** True if a call that adds the task can no longer be under way. */
  readonly isLate: boolean
  /** Writes into the status of the request, if it is still there. */
  readonly told?: (step: UndoTold) => Promise<unknown>
  readonly onUndone: (over: UndoOver) => void
}

/**
 * Takes the next step of an undo, from the pod as it is now. Rejects if the API server refuses the container: it is
 * tried again, later and later. Once the undo is over, its record is removed.
 */
export async function settleUndo(
  client: Client,
  record: UndoRecord,
  { isLate, told, onUndone }: HowToUndo,
  signal: AbortSignal,
): Promise<void> {
  const { request, undo } = record.spec
  const where = { namespace: request.namespace, name: undo.pod }
  const found = await client.get(resources.Pod, where, signal)
  const pod = found?.metadata.uid === undo.podUID ? trimPod(found) : undefined
  const step = undoStep(pod, { requestUid: request.uid, isLate })
  if (step.is === 'due') {
    await begin(client, record, told, signal)
    return
  }
  await told?.(step)
  if (step.is !== 'over') return
  onUndone({ request, undo, step })
  await client.remove(accessRecordKind, record.metadata, signal)
}

async function begin(
  client: Client,
  { spec: { request, undo } }: UndoRecord,
  told: HowToUndo['told'],
  signal: AbortSignal,
): Promise<void> {
  const to = { namespace: request.namespace, name: undo.pod, uid: undo.podUID }
  try {
    await addContainer(client, { adds: asTaskContainer(undo), to }, { signal })
  } catch (error) {
    const { status, statusMessage: words } = error instanceof KubeApiError ? error : {}
    if (words !== undefined && isRefusal(status)) await told?.({ is: 'refused', words })
    throw error
  }
}

function asTaskContainer({ container }: Undo): TaskContainer {
  if (isTaskContainer(container)) return container
  throw new Error('the record of an undo has a container without a name')
}
