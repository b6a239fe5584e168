import { mayDo } from '../../cluster/client/access-review.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { WaryClock } from '../../cluster/clock/wary-clock.ts'
import type { Workqueue } from '../../cluster/queue/workqueue.ts'
import { kindOf } from '../../provision/access-kinds.ts'
import type { Facts } from '../../provision/facts/request-facts.ts'
import type { RequestPolicy } from '../../provision/facts/request-plan.ts'
import { askAgainAfter } from '../../provision/plan/ask-again.ts'
import { plan } from '../../provision/plan/plan.ts'
import { keyOf } from '../views/keys.ts'
import type { Views } from '../views/views.ts'
import type { CarryOut } from './carry-out.ts'
import type { RequestLook } from './look.ts'
import { isPassListing } from './request-planner.ts'

export interface AwaitReadyOptions {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now' | 'earliest'>
  readonly views: Views
  readonly queue: Pick<Workqueue, 'addAfter'>
  readonly policy: RequestPolicy
}

/**
 * Calls an access ready once its pass lists it and the API server lets the requestor use it. Until then the request is
 * looked at again.
 */
export async function awaitReady(
  { client, clock, views, queue, policy }: AwaitReadyOptions,
  carryOut: CarryOut,
  before: Facts,
  look: RequestLook,
): Promise<void> {
  const { request } = before
  const listed = before.listed || isPassListing(views, request)
  if (!listed) return // The pass, once written, brings us back.
  const facts = { ...before, listed }
  if (!(await mayUse(client, facts, look.signal))) {
    queue.addAfter(keyOf(request), askAgainAfter(request, clock.now()))
    return
  }
  await carryOut(request, plan({ ...facts, authorized: true }, policy, clock.now(), clock.earliest()), look)
}

/** Asks the API server whether the requestor may use the access. Without questions the answer is no. */
async function mayUse(
  client: Client,
  facts: Pick<Facts, 'request' | 'template'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { requestor } = facts.request.spec
  const proof = kindOf(facts.request.spec).provenBy(facts)
  if (!requestor || proof.by !== 'questions' || proof.questions.length === 0) return false
  const answers = await Promise.all(proof.questions.map((question) => mayDo(client, requestor, question, signal)))
  return answers.every(Boolean)
}
