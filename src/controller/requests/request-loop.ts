import type { Instant } from '../../api/duration.ts'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { ApplySet } from '../../cluster/apply/apply-set.ts'
import type { Reconcile, Workqueue } from '../../cluster/queue/workqueue.ts'
import { withRefusal } from '../../provision/facts/refusal.ts'
import type { Plan } from '../../provision/facts/request-plan.ts'
import { createBoundRequests } from '../cleanup/bound-requests.ts'
import { createLeftovers } from '../cleanup/leftovers.ts'
import { keyOf } from '../views/keys.ts'
import { createCarryOut, type CarryOut, type CarryOutOptions } from './carry-out.ts'
import type { RequestLook } from './look.ts'
import { createNextStep, type NextStepOptions, type TakeNextStep } from './next-step.ts'
import { isToldTo, refusalText } from './refusal.ts'
import { createPlanner, type Planner, type PlannerOptions } from './request-planner.ts'
import { createStatusWriter, type StatusWriterOptions, type WriteStatus } from './write-status.ts'

export interface RequestLoopOptions extends PlannerOptions, StatusWriterOptions, CarryOutOptions, NextStepOptions {
  readonly queue: Workqueue
  readonly applySet: ApplySet
}

interface LoopParts extends Pick<RequestLoopOptions, 'client' | 'clock' | 'queue'> {
  readonly planner: Planner
  readonly writeStatus: WriteStatus
  readonly carryOut: CarryOut
  readonly takeNextStep: TakeNextStep
}

/** Brings one request, and its objects, one step towards what they should be. */
export function createRequestLoop(options: RequestLoopOptions): Reconcile {
  const { client, clock, queue, views } = options
  const planner = createPlanner(options)
  const leftovers = createLeftovers(options)
  const boundRequests = createBoundRequests(client)
  const writeStatus = createStatusWriter(options)
  const carryOut = createCarryOut(options, writeStatus)
  const takeNextStep = createNextStep(options, { writeStatus, carryOut })
  const parts: LoopParts = { client, clock, queue, planner, writeStatus, carryOut, takeNextStep }

  return async (key, signal) => {
    const request = views.requests.get(key)
    planner.seen(key, request)
    await leftovers.remove(key, request, signal)
    if (request) await attempt(parts, request, signal)
    await boundRequests.settle(key, request, signal)
  }
}

/** Takes one step. If the API server refuses part of it, the requestor is told, and the step is tried again. */
async function attempt(parts: LoopParts, request: AccessRequest, signal: AbortSignal): Promise<void> {
  const { writeStatus, clock } = parts
  const look: RequestLook = { made: new Map(), latest: request, signal }
  try {
    await step(parts, request, look)
  } catch (error) {
    const words = refusalText(error)
    const { latest } = look
    if (words !== undefined && isToldTo(latest, error)) {
      const status = withRefusal(latest, latest.status ?? {}, words, clock.now())
      await writeStatus(latest, { status }, look)
    }
    throw error
  }
}

async function step(parts: LoopParts, request: AccessRequest, look: RequestLook): Promise<void> {
  const { client, clock, queue, planner, carryOut, takeNextStep } = parts
  const planned = await planner.planNow(request, look.signal)
  if (!planned) return
  const { request: seen, facts, next } = planned
  look.latest = seen
  if (next.then?.do === 'prune') {
    await client.remove(accessRequestKind, request.metadata, look.signal)
    return
  }
  // This comes first, because the rest may fail and be put off: an access ends on time. A time that is due at once
  // would leave no pause.
  wake(queue, request, next, clock.now())
  const written = await carryOut(seen, next, look)
  await takeNextStep(next.then, { request: written, facts }, look)
  // The next step needs only what was just written. The view would show it some milliseconds later.
  if (isDue(next, clock.now()) && written !== seen) await step(parts, written, look)
  else wake(queue, request, next)
}

function wake(queue: Pick<Workqueue, 'addAt'>, request: AccessRequest, { wakeAt }: Plan, after = -Infinity): void {
  if (wakeAt !== undefined && wakeAt > after) queue.addAt(keyOf(request), wakeAt)
}

function isDue({ wakeAt = Infinity }: Plan, now: Instant): boolean {
  return wakeAt <= now
}
