import type { MadeObject } from '../../api/audit-event.ts'
import type { Instant } from '../../api/duration.ts'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import { mayDo } from '../../cluster/client/access-review.ts'
import type { ApplySet, Change } from '../../cluster/apply/apply-set.ts'
import type { Client } from '../../cluster/client/client.ts'
import { mergePatch } from '../../cluster/apply/manifest-difference.ts'
import type { Reconcile, Workqueue } from '../../cluster/queue/workqueue.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'
import { askAgainAfter } from '../../provision/plan/ask-again.ts'
import { withEviction } from '../../provision/plan/eviction.ts'
import type { Manifest } from '../../api/manifest.ts'
import { plan } from '../../provision/plan/plan.ts'
import { isRefused, withRefusal } from '../../provision/facts/refusal.ts'
import { finish, type Facts, type Plan } from '../../provision/facts/request-plan.ts'
import type { RoleBinder } from '../cleanup/bind-roles.ts'
import { createBoundRequests } from '../cleanup/bound-requests.ts'
import { noteEviction, settleEviction } from '../cleanup/evictions.ts'
import { keyOf } from '../views/keys.ts'
import { createLeftovers } from '../cleanup/leftovers.ts'
import { makePod, withPod } from './make-pod.ts'
import { evictionOf, nameOf, notedBy, providedFor } from '../cleanup/objects-of-request.ts'
import { isToldTo, Refused, refusalText } from './refusal.ts'
import { createPlanner, isPassListing, type Planned, type PlannerOptions } from './request-planner.ts'
import type { Provided } from '../views/views.ts'

export interface RequestLoopOptions extends PlannerOptions {
  readonly queue: Workqueue
  readonly applySet: ApplySet
  readonly bindRoles: RoleBinder
  /** Is told of each change of phase, once it is written. */
  readonly onPhase: (request: AccessRequest) => void
  /** Is told what of a live access had to be written again. */
  readonly onDrift: (request: AccessRequest, changes: readonly Change[]) => void
  /** Is told of the pod that was made for a request. */
  readonly onPod: (request: AccessRequest, pod: MadeObject) => void
}

/** Brings one request, and what is there for it, one step towards what should be. */
export function createRequestLoop(options: RequestLoopOptions): Reconcile {
  const { client, clock, views, queue, applySet, bindRoles, policy } = options
  const planner = createPlanner(options)
  const leftovers = createLeftovers(options)
  const boundRequests = createBoundRequests(client)

  async function carryOut(request: AccessRequest, next: Plan, look: Look): Promise<AccessRequest> {
    const seen = providedFor(views, request)
    const names = new Set(seen.map(nameOf))
    // A pod is made once, by makePod: one that is not seen (yet) cannot be changed either.
    const objects = next.objects.filter((one) => one.kind !== 'Pod' || names.has(nameOf(one)))
    const bindsRoles = request.spec.role !== undefined && objects.length > 0
    const provide = (): Promise<void> =>
      bindsRoles ? bindAll(request, objects, seen, look) : applyAll(request, objects, seen, look)
    // What was refused stays told until it is there, and is not told anew by each attempt.
    if (isRefused(request) && objects.length > 0 && next.status.phase === request.status?.phase) {
      await provide()
      return next.makes ? request : writeStatus(request, next.status, look)
    }
    if (!bindsRoles && objects.length > 0 && objects.every(givesNothing)) {
      return besides(writeStatus(request, next.status, look), provide())
    }
    const written = await writeStatus(request, next.status, look)
    await provide()
    return written
  }

  async function applyAll(
    request: AccessRequest,
    objects: readonly Manifest[],
    seen: readonly Provided[],
    { made, signal }: Look,
  ): Promise<void> {
    const names = new Set(seen.map(nameOf))
    const known = [...seen, ...[...made.values()].filter((one) => !names.has(nameOf(one)))]
    const owner = { uid: request.metadata.uid, noted: notedBy(request) }
    tell(request, await applySet(owner, objects, known, signal))
    for (const one of objects) made.set(nameOf(one), one)
  }

  async function bindAll(
    request: AccessRequest,
    wanted: readonly Manifest[],
    owned: readonly Provided[],
    { signal }: Look,
  ): Promise<void> {
    const bound = await bindRoles(request, wanted, owned, signal)
    if ('refused' in bound) throw new Refused(bound.refused)
    tell(request, bound.changes)
  }

  function tell(request: AccessRequest, changes: readonly Change[]): void {
    const drift = changes.filter(({ change }) => change === 'made' || change === 'restored')
    if (request.status?.phase === 'Active' && drift.length > 0) options.onDrift(request, drift)
  }

  async function settle(request: AccessRequest, how: 'evict' | 'forget', look: Look): Promise<void> {
    const record = evictionOf(views, request)
    if (!record) return
    const told = (refusal: string | undefined): Promise<unknown> =>
      writeStatus(request, withEviction(request, refusal, clock.now()), look)
    await settleEviction(client, record, { evicts: how === 'evict', told }, look.signal)
  }

  async function writeStatus(request: AccessRequest, status: object, look: Look): Promise<AccessRequest> {
    if (canonicalJson(status) === canonicalJson(request.status ?? {})) return request
    // Against what was read: a plan made from an old request must not count.
    const change = mergePatch(request.status ?? {}, status)
    const written = (await client.patchStatus(
      accessRequestKind,
      request.metadata,
      change,
      look.signal,
    )) as AccessRequest
    look.latest = written
    if (written.status?.phase !== request.status?.phase) options.onPhase(written)
    return written
  }

  async function make(request: AccessRequest, pod: Manifest, look: Look): Promise<void> {
    const result = await makePod(client, request, pod, look.signal)
    if (result.made === 'taken') return
    if (result.made === 'other') {
      await carryOut(request, finish(request, 'Failed', result.message, clock.now()), look)
      return
    }
    options.onPod(request, { kind: 'Pod', ...result })
    await writeStatus(request, withPod(request, result.uid), look)
  }

  async function whenReady(request: AccessRequest, facts: Facts, look: Look): Promise<void> {
    const key = keyOf(request)
    const listed = facts.listed || isPassListing(views, request)
    if (!listed) return // The pass, once written, brings us back.
    if (!(await mayUse(client, request, look.signal))) {
      queue.addAfter(key, askAgainAfter(request, clock.now()))
      return
    }
    const known = { ...facts, request, listed, authorized: true }
    await carryOut(request, plan(known, policy, clock.now(), clock.earliest()), look)
  }

  function wake(key: string, { wakeAt }: Plan, after = -Infinity): void {
    if (wakeAt !== undefined && wakeAt > after) queue.addAt(key, wakeAt)
  }

  async function reconcile(key: string, signal: AbortSignal): Promise<void> {
    const request = views.requests.get(key)
    planner.seen(key, request)
    await leftovers.remove(key, request, signal)
    if (request) await attempt(request, signal)
    await boundRequests.settle(key, request, signal)
  }

  /** Whatever the API server refuses of it, who asked is told; then it is tried again. */
  async function attempt(request: AccessRequest, signal: AbortSignal): Promise<void> {
    const look: Look = { made: new Map(), latest: request, signal }
    try {
      await step(request, look)
    } catch (error) {
      const words = refusalText(error)
      const { latest } = look
      if (words !== undefined && isToldTo(latest, error)) {
        await writeStatus(latest, withRefusal(latest, latest.status ?? {}, words, clock.now()), look)
      }
      throw error
    }
  }

  async function step(request: AccessRequest, look: Look): Promise<void> {
    const key = keyOf(request)
    const planned = await planner.planNow(request, look.signal)
    if (!planned) return
    const { request: seen, next } = planned
    look.latest = seen
    if (next.prune) {
      await client.remove(accessRequestKind, request.metadata, look.signal)
      return
    }
    // First, as the rest may fail and be put off: an access ends on time. What is due at once would leave no pause.
    wake(key, next, clock.now())
    const written = await carryOut(seen, next, look)
    await goOn({ ...planned, written }, look)
    // The next step can be taken from what was just written: the view would show it some milliseconds later.
    if (isDue(next, clock.now()) && written !== seen) await step(written, look)
    else wake(key, next)
  }

  /** What comes after the status is written. */
  async function goOn(
    { facts, next, written }: Planned & { readonly written: AccessRequest },
    look: Look,
  ): Promise<void> {
    const { signal } = look
    if (next.notes) await noteEviction(client, written, { eviction: next.notes, now: clock.now() }, signal)
    if (next.settles) await settle(written, next.settles, look)
    if (next.makes) await make(written, next.makes, look)
    else if (facts && next.wantsRbac && written.status?.phase === 'Approved') await whenReady(written, facts, look)
  }

  return reconcile
}

/** One look at a request, which may take several steps. */
interface Look {
  /** What was written by now, by name; no view may show it yet. */
  readonly made: Map<string, Manifest>
  /** The request as it was last read or written. */
  latest: AccessRequest
  readonly signal: AbortSignal
}

/** Without a binding to it. */
function givesNothing({ kind }: Manifest): boolean {
  return kind === 'Role'
}

/** Both at once, and neither goes on alone where the other fails. */
async function besides<T>(one: Promise<T>, other: Promise<unknown>): Promise<T> {
  await Promise.allSettled([one, other])
  await other
  return one
}

function isDue({ wakeAt = Infinity }: Plan, now: Instant): boolean {
  return wakeAt <= now
}

/** Both verbs: `get` opens a WebSocket, `create` SPDY, and since 1.35 every exec needs it. */
async function mayUse(
  client: Client,
  { metadata, spec, status }: AccessRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const { requestor } = spec
  if (!requestor || !status?.target) return false
  const { pod: name } = status.target
  const where = { group: '', resource: 'pods', subresource: 'exec', namespace: metadata.namespace, name }
  const verbs = ['get', 'create'].map((verb) => mayDo(client, requestor, { ...where, verb }, signal))
  return (await Promise.all(verbs)).every(Boolean)
}
