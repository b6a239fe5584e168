import { accessRecordKind, undoRecordName, type AccessRecord, type Undo } from '../../api/kinds/access-record.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Instant } from '../../api/duration.ts'
import type { RequestRef } from '../../api/kinds/references.ts'
import { isTaskContainer, type TaskContainer } from '../../decision/kinds/task/task-container.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { readSamePod, type SamePod } from '../../live/live-objects.ts'
import { undoStep, type UndoStep, type UndoTold } from '../../provision/task/undo-step.ts'
import { addContainer } from '../requests/add-container.ts'
import { isRefusal } from '../requests/refusal.ts'
import { trimPod } from '../views/trim-pod.ts'
import { noteFact, type NotedFact } from './noted-facts.ts'

/** An AccessRecord of a task that is to be undone. */
export type UndoRecord = NotedFact<'undo'>

export function isUndo(record: AccessRecord): record is UndoRecord {
  return record.spec.undo !== undefined && record.spec.request !== undefined
}

/** Notes the undo before the task begins. So the task is undone, whatever happens to the request and to Sallyport. */
export function noteUndo(
  client: Client,
  request: AccessRequest,
  { undo, now }: { readonly undo: Undo; readonly now: Instant },
  signal: AbortSignal,
): Promise<void> {
  const name = undoRecordName(request.metadata.uid)
  return noteFact(client, request, { name, type: 'dev.sallyport.undo.planned.v1', fact: { undo }, now }, signal)
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
  const pod = await readSamePod(client, podOf(record), signal)
  const step = undoStep(pod && trimPod(pod), { requestUid: request.uid, isLate })
  if (step.is === 'due') {
    await begin(client, record, told, signal)
    return
  }
  await told?.(step)
  if (step.is !== 'over') return
  onUndone({ request, undo, step })
  await client.remove(accessRecordKind, record.metadata, signal)
}

async function begin(client: Client, record: UndoRecord, told: HowToUndo['told'], signal: AbortSignal): Promise<void> {
  try {
    await addContainer(client, { adds: asTaskContainer(record.spec.undo), to: podOf(record) }, { signal })
  } catch (error) {
    const { status, statusMessage: words } = error instanceof KubeApiError ? error : {}
    if (words !== undefined && isRefusal(status)) await told?.({ is: 'refused', words })
    throw error
  }
}

/** Returns the pod in which the task ran. */
function podOf({ spec: { request, undo } }: UndoRecord): SamePod {
  return { namespace: request.namespace, name: undo.pod, uid: undo.podUID }
}

function asTaskContainer({ container }: Undo): TaskContainer {
  if (isTaskContainer(container)) return container
  throw new Error('the record of an undo has a container without a name')
}
