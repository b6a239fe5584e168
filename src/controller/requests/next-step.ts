import type { MadeObject } from '../../api/audit-event.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Manifest } from '../../api/manifest.ts'
import { withEviction } from '../../provision/plan/eviction.ts'
import { finish } from '../../provision/facts/finish.ts'
import type { Facts } from '../../provision/facts/request-facts.ts'
import type { NextStep, TaskStep } from '../../provision/facts/request-plan.ts'
import { withUndone, type UndoTold } from '../../provision/task/undo-step.ts'
import { noteEviction, settleEviction } from '../cleanup/evictions.ts'
import { noteUndo, settleUndo, type UndoOver } from '../cleanup/undos.ts'
import { evictionOf, undoOf } from '../cleanup/objects-of-request.ts'
import { awaitReady, type AwaitReadyOptions } from './await-ready.ts'
import type { CarryOut } from './carry-out.ts'
import type { RequestLook } from './look.ts'
import { makePod, withPod } from './make-pod.ts'
import { beginTask, readTask } from './task-steps.ts'
import type { WriteStatus } from './write-status.ts'

export interface NextStepOptions extends AwaitReadyOptions {
  /** Is told of each undo that is over. */
  readonly onUndone: (over: UndoOver) => void
  /** Is told of the pod that was made for a request. */
  readonly onPod: (request: AccessRequest, pod: MadeObject) => void
}

interface Writers {
  readonly writeStatus: WriteStatus
  readonly carryOut: CarryOut
}

/**
 * A request whose status and objects were written. `facts` are those of its plan. They are left out if the request says
 * itself that it is over.
 */
interface Written {
  readonly request: AccessRequest
  readonly facts: Facts | undefined
}

/** Takes the step that follows once the status and the objects of a plan are written. */
export type TakeNextStep = (step: NextStep | undefined, written: Written, look: RequestLook) => Promise<void>

export function createNextStep(options: NextStepOptions, writers: Writers): TakeNextStep {
  const { client, clock } = options
  return async (step, written, look) => {
    const { request } = written
    if (!step) return
    switch (step.do) {
      case 'note-eviction':
        return noteEviction(client, request, { eviction: step.eviction, now: clock.now() }, look.signal)
      case 'evict':
        return settle(options, writers, request, { evicts: true, look })
      case 'forget-eviction':
        return settle(options, writers, request, { evicts: false, look })
      case 'make-pod':
        return make(options, writers, request, { pod: step.pod, look })
      case 'task':
        return takeTaskStep(options, writers, request, { step: step.step, look })
      case 'await-ready':
        return whenApproved(options, writers, written, look)
      case 'await-pod':
      case 'prune':
        return
    }
  }
}

async function whenApproved(
  options: NextStepOptions,
  { carryOut }: Writers,
  { request, facts }: Written,
  look: RequestLook,
): Promise<void> {
  // An active request stays active while a binding or its pass is being mended.
  if (facts && request.status?.phase === 'Approved') await awaitReady(options, carryOut, { ...facts, request }, look)
}

async function takeTaskStep(
  options: NextStepOptions,
  writers: Writers,
  request: AccessRequest,
  { step, look }: { readonly step: TaskStep; readonly look: RequestLook },
): Promise<void> {
  const { client, clock } = options
  switch (step.is) {
    case 'note-undo':
      return noteUndo(client, request, { undo: step.undo, now: clock.now() }, look.signal)
    case 'begin':
      return beginTask(client, request, step.container, look.signal)
    case 'note':
      return noteEnd(options, writers, request, { step, look })
    case 'undo':
      return undo(options, writers, request, { isLate: step.isLate, look })
  }
}

async function noteEnd(
  { client }: NextStepOptions,
  { writeStatus }: Writers,
  request: AccessRequest,
  { step, look }: { readonly step: Extract<TaskStep, { is: 'note' }>; readonly look: RequestLook },
): Promise<void> {
  const task = await readTask(client, request, step, look.signal)
  if (task) await writeStatus(request, { status: { ...request.status, task } }, look)
}

async function settle(
  { client, clock, views }: NextStepOptions,
  { writeStatus }: Writers,
  request: AccessRequest,
  { evicts, look }: { readonly evicts: boolean; readonly look: RequestLook },
): Promise<void> {
  const record = evictionOf(views, request)
  if (!record) return
  const told = (refusal: string | undefined): Promise<unknown> =>
    writeStatus(request, { status: withEviction(request, refusal, clock.now()) }, look)
  await settleEviction(client, record, { evicts, told }, look.signal)
}

async function undo(
  { client, clock, views, onUndone }: NextStepOptions,
  { writeStatus }: Writers,
  request: AccessRequest,
  { isLate, look }: { readonly isLate: boolean; readonly look: RequestLook },
): Promise<void> {
  const record = undoOf(views, request)
  if (!record) return
  const told = (step: UndoTold): Promise<unknown> =>
    writeStatus(request, { status: withUndone(request.status ?? {}, step, clock.now()) }, look)
  await settleUndo(client, record, { isLate, told, onUndone }, look.signal)
}

async function make(
  { client, clock, onPod }: NextStepOptions,
  { writeStatus, carryOut }: Writers,
  request: AccessRequest,
  { pod, look }: { readonly pod: Manifest; readonly look: RequestLook },
): Promise<void> {
  const result = await makePod(client, request, pod, look.signal)
  if (result.made === 'taken') return
  if (result.made === 'other') {
    await carryOut(request, finish(request, 'Failed', result.message, clock.now()), look)
    return
  }
  onPod(request, { kind: 'Pod', ...result })
  await writeStatus(request, { status: withPod(request, result.uid) }, look)
}
