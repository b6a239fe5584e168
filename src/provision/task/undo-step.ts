import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import type { Undo } from '../../api/kinds/access-record.ts'
import type { Pod } from '../../api/pod.ts'
import { cut } from '../../api/printable.ts'
import { taskContainerName, undoContainerName } from '../../decision/kinds/task/task-container.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { withCondition, type ConditionState } from '../facts/conditions.ts'
import { maxMessage, type Plan } from '../facts/request-plan.ts'
import { taskState } from './task-state.ts'

/** The state of an undo whose access has ended. */
export type UndoStep =
  | { readonly is: 'waits' | 'runs'; readonly why: string }
  /** The container that undoes the task is to be added. */
  | { readonly is: 'due' }
  /** Nothing more is to be done. `isUndone` is false if the effect of the task may still be there. */
  | { readonly is: 'over'; readonly isUndone: boolean; readonly why: string }

/**
 * Returns the next step of an undo. It begins when the task has ended: the effect of one that still runs could come
 * after its undo.
 * @param pod The pod as it is now. Undefined if it is gone, or is another.
 * @param isLate True if a call that adds the task can no longer be under way.
 */
export function undoStep(pod: Pod | undefined, { requestUid, isLate }: UndoOf): UndoStep {
  if (!pod) return { is: 'over', isUndone: true, why: 'its pod is gone, and so is the effect of its task' }
  if (['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) {
    return { is: 'over', isUndone: true, why: 'its pod has ended, and so has the effect of its task' }
  }
  if (pod.metadata.deletionTimestamp !== undefined) return { is: 'waits', why: 'its pod is being deleted' }
  const task = taskState(pod, taskContainerName(requestUid))
  if (task.state === 'absent') {
    const why = 'its task has never begun'
    return isLate ? { is: 'over', isUndone: true, why } : { is: 'waits', why }
  }
  if (task.state !== 'ended') return { is: 'waits', why: 'its task has not ended yet' }
  return undoBegun(pod, requestUid)
}

interface UndoOf {
  readonly requestUid: string
  readonly isLate: boolean
}

function undoBegun(pod: Pod, requestUid: string): UndoStep {
  const undo = taskState(pod, undoContainerName(requestUid))
  switch (undo.state) {
    case 'absent':
      return { is: 'due' }
    case 'starts':
      return { is: 'runs', why: 'its undo starts' + (undo.why === '' ? '' : `: ${undo.why}`) }
    case 'runs':
      return { is: 'runs', why: 'its undo runs' }
    case 'ended': {
      const isUndone = undo.exitCode === 0
      const left = isUndone ? '' : ', so the effect of its task may still be there'
      return { is: 'over', isUndone, why: `its undo ended with exit code ${undo.exitCode}${left}` }
    }
  }
}

/** Returns the status with what has become of the undo. */
export function withUndone(status: AccessRequestStatus, step: UndoTold, now: Instant): AccessRequestStatus {
  const held = { ...stateOf(step), message: cut(messageOf(step), maxMessage) }
  return { ...status, conditions: withCondition(status.conditions, 'Undone', held, now) }
}

/** The step of an undo that is told. `refused` has the API server's words. */
export type UndoTold = Exclude<UndoStep, { is: 'due' }> | { readonly is: 'refused'; readonly words: string }

function stateOf(step: UndoTold): Pick<ConditionState, 'status' | 'reason'> {
  switch (step.is) {
    case 'waits':
      return { status: 'False', reason: 'Waiting' }
    case 'runs':
      return { status: 'False', reason: 'Running' }
    case 'refused':
      return { status: 'False', reason: 'Refused' }
    case 'over':
      return step.isUndone ? { status: 'True', reason: 'Undone' } : { status: 'False', reason: 'Failed' }
  }
}

function messageOf(step: UndoTold): string {
  if (step.is !== 'refused') return step.why
  return 'the API server refused its undo, and Sallyport tries again: ' + quoted(step.words)
}

/** A call that adds a task may be under way for as long after the end of its access. */
const addedWithinMs = 20_000

/** Says in which pod an undo is, for the audit. */
export function undoText({ pod }: Undo, { why }: { readonly why: string }): string {
  return say`the effect of the task in pod ${pod}: ` + why
}

/** Plans the undo for a request that has ended. The pod tells when to look again. */
export function planUndo({ metadata, status = {} }: AccessRequest, now: Instant): Plan {
  const ended = Date.parse(status.finishedAt ?? metadata.deletionTimestamp ?? '') || now
  const late = ended + addedWithinMs
  const isLate = now >= late
  return { status, objects: [], then: { do: 'task', step: { is: 'undo', isLate } }, ...(!isLate && { wakeAt: late }) }
}
