import { accessRequestKind, type AccessRequest } from '../api/kinds/access-request.ts'
import { mayDo } from '../cluster/access-review.ts'
import type { ApplySet } from '../cluster/apply-set.ts'
import type { Client } from '../cluster/client.ts'
import type { Resource } from '../cluster/resource.ts'
import type { WaryClock } from '../cluster/wary-clock.ts'
import type { Reconcile, Workqueue } from '../cluster/workqueue.ts'
import { canonicalJson } from '../decision/canonical-json.ts'
import { isFinished, isGranted } from '../decision/phase.ts'
import { requestUidLabel } from '../provision/exec-objects.ts'
import { hasBegun, withEviction } from '../provision/eviction.ts'
import { isCrowded, isListed } from '../provision/pass.ts'
import type { Manifest } from '../provision/manifest.ts'
import { plan } from '../provision/plan.ts'
import { finish, type Facts, type Plan, type RequestPolicy } from '../provision/request-plan.ts'
import { isEviction, noteEviction, settleEviction, type EvictionRecord } from './evictions.ts'
import { removeOrphanGrants } from './orphan-grants.ts'
import { keyOf, passKeyOf } from './keys.ts'
import { confirmFacts, readLiveRequest } from './live-facts.ts'
import { makePod, withPod } from './make-pod.ts'
import { readShellSource } from './shell-source.ts'
import { targetOf } from './targets.ts'
import { byPass, byRequest, templateOf, type Provided, type Views } from './views.ts'

export interface RequestLoopOptions {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now' | 'earliest'>
  readonly views: Views
  readonly queue: Workqueue
  readonly applySet: ApplySet
  readonly policy: RequestPolicy
  /** Is told of each change of phase, once it is written. */
  readonly onPhase: (request: AccessRequest) => void
}

// How soon RBAC that was just written is asked for again. It takes effect after some 2 ms (tried.md).
const rbacPollMs = 20

/** Brings one request, and what is there for it, one step towards what should be. */
export function createRequestLoop(options: RequestLoopOptions): Reconcile {
  const { client, clock, views, queue, applySet, policy } = options

  async function removeProvided(key: string, keep: AccessRequest | undefined, signal: AbortSignal): Promise<void> {
    const strangers = provided(views, key).filter((one) => uidOf(one) !== keep?.metadata.uid)
    for (const uid of new Set(strangers.map(uidOf))) {
      await applySet(
        { uid },
        [],
        strangers.filter((one) => uidOf(one) === uid),
        signal,
      )
    }
  }

  /** Of requests that are gone: deleted while somebody may have been in the pod. */
  async function settleStrays(key: string, keep: AccessRequest | undefined, signal: AbortSignal): Promise<void> {
    const strays = evictionsOf(views, key).filter(({ spec }) => spec.request.uid !== keep?.metadata.uid)
    for (const record of strays) {
      const live = await readLiveRequest(client, key, signal)
      if (live?.metadata.uid === record.spec.request.uid) continue
      await settleEviction(client, record, { evicts: hasBegun(record.spec.eviction, clock.now()) }, signal)
    }
  }

  async function settle(request: AccessRequest, how: 'evict' | 'forget', signal: AbortSignal): Promise<void> {
    const record = evictionOf(views, request)
    if (!record) return
    const told = (refusal: string | undefined): Promise<unknown> =>
      writeStatus(request, withEviction(request, refusal, clock.now()), signal)
    await settleEviction(client, record, { evicts: how === 'evict', told }, signal)
  }

  async function whenAbsent(key: string, signal: AbortSignal): Promise<void> {
    // The view may be behind: another replica's last writes may not be in its first list.
    const live = await readLiveRequest(client, key, signal)
    if (live) return
    await removeProvided(key, undefined, signal)
    await removeOrphanGrants(client, views.grants.by(byRequest, key), undefined, signal)
    await settleStrays(key, undefined, signal)
  }

  async function carryOut(request: AccessRequest, next: Plan, signal: AbortSignal): Promise<AccessRequest> {
    const written = await writeStatus(request, next.status, signal)
    const owned = provided(views, keyOf(request)).filter((one) => uidOf(one) === request.metadata.uid)
    const names = new Set(owned.map(({ kind, metadata }) => `${kind} ${metadata.name}`))
    // A pod is made once, by makePod: one that is not seen (yet) cannot be changed either.
    const objects = next.objects.filter(({ kind, metadata }) => kind !== 'Pod' || names.has(`${kind} ${metadata.name}`))
    await applySet(request.metadata, objects, owned, signal)
    return written
  }

  async function writeStatus(request: AccessRequest, status: object, signal: AbortSignal): Promise<AccessRequest> {
    if (canonicalJson(status) === canonicalJson(request.status ?? {})) return request
    // Against what was read: a plan made from an old request must not count.
    const written = (await client.patchStatus(accessRequestKind, request.metadata, status, signal)) as AccessRequest
    if (written.status?.phase !== request.status?.phase) options.onPhase(written)
    return written
  }

  async function make(request: AccessRequest, pod: Manifest, signal: AbortSignal): Promise<void> {
    const result = await makePod(client, pod, signal)
    if (result.made === 'taken') return
    if (result.made === 'pod') await writeStatus(request, withPod(request, result.uid), signal)
    else await carryOut(request, finish(request, 'Failed', result.message, clock.now()), signal)
  }

  async function whenReady(request: AccessRequest, facts: Facts, key: string, signal: AbortSignal): Promise<void> {
    if (!facts.listed) return // The pass, once written, brings us back.
    if (!(await mayUse(client, request, signal))) {
      queue.addAfter(key, rbacPollMs)
      return
    }
    await carryOut(
      request,
      plan({ ...facts, request, authorized: true }, policy, clock.now(), clock.earliest()),
      signal,
    )
  }

  /** Undefined where the request is gone: the view will say so. */
  async function planNow(request: AccessRequest, signal: AbortSignal): Promise<Planned | undefined> {
    const facts = await factsOf(client, views, request, signal)
    const next = plan(facts, policy, clock.now(), clock.earliest())
    if (!ends(request, next) && !next.isOnHearsay) return { facts, next }
    const confirmed = await confirmFacts(client, facts, workloadKindsOf(views), signal)
    return confirmed && { facts: confirmed, next: plan(confirmed, policy, clock.now(), clock.earliest()) }
  }

  async function reconcile(key: string, signal: AbortSignal): Promise<void> {
    const request = views.requests.get(key)
    if (!request) return whenAbsent(key, signal)
    await removeProvided(key, request, signal)
    await removeOrphanGrants(client, views.grants.by(byRequest, key), request, signal)
    await settleStrays(key, request, signal)

    const planned = await planNow(request, signal)
    if (!planned) return
    const { facts, next } = planned
    if (next.prune) {
      await client.remove(accessRequestKind, request.metadata, signal)
      return
    }
    const written = await carryOut(facts.request, next, signal)
    if (next.wakeAt !== undefined) queue.addAt(key, next.wakeAt)
    await goOn(key, { ...planned, written }, signal)
  }

  /** What comes after the status is written. */
  async function goOn(
    key: string,
    { facts, next, written }: Planned & { readonly written: AccessRequest },
    signal: AbortSignal,
  ): Promise<void> {
    if (next.notes) await noteEviction(client, written, { eviction: next.notes, now: clock.now() }, signal)
    if (next.settles) await settle(written, next.settles, signal)
    if (next.makes) await make(written, next.makes, signal)
    else if (next.wantsRbac && written.status?.phase === 'Approved') await whenReady(written, facts, key, signal)
  }

  return reconcile
}

interface Planned {
  readonly facts: Facts
  readonly next: Plan
}

async function factsOf(client: Client, views: Views, request: AccessRequest, signal: AbortSignal): Promise<Facts> {
  const key = keyOf(request)
  const { uid, namespace } = request.metadata
  const use = views.records.by(byRequest, key).find(({ spec }) => spec.use && spec.request?.uid === uid)
  const template = templateOf(views, request)
  const target = targetOf(views, request, template)
  const [passKey = ''] = passKeyOf(request, target.pod?.metadata.name)
  const facts = {
    request,
    grants: views.grants.by(byRequest, key).filter(({ spec }) => spec.requestRef.uid === uid),
    ...target,
    template,
    namespaceLabels: views.namespaces.get(namespace)?.metadata.labels ?? {},
    crowded: isCrowded(views.requests.by(byPass, passKey), request),
    listed: isListed(views.passes.get(passKey), request),
    authorized: request.status?.phase === 'Active',
    usedAt: use && Date.parse(use.spec.time),
    eviction: evictionOf(views, request)?.spec.eviction,
  }
  return { ...facts, shell: await readShellSource(client, views, facts, signal) }
}

/** The step from open to ended. It is never undone, so it is not taken on hearsay. */
function ends(request: AccessRequest, { status }: Plan): boolean {
  return !isFinished(request) && status.phase !== undefined && status.phase !== 'Pending' && !isGranted(status.phase)
}

function provided(views: Views, key: string): readonly Provided[] {
  return [...views.bindings.by(byRequest, key), ...views.roles.by(byRequest, key), ...views.pods.by(byRequest, key)]
}

function evictionsOf(views: Views, key: string): readonly EvictionRecord[] {
  return views.records.by(byRequest, key).filter(isEviction)
}

function evictionOf(views: Views, request: AccessRequest): EvictionRecord | undefined {
  return evictionsOf(views, keyOf(request)).find(({ spec }) => spec.request.uid === request.metadata.uid)
}

function uidOf({ metadata }: Provided): string {
  return metadata.labels?.[requestUidLabel] ?? ''
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

function workloadKindsOf(views: Views): readonly Resource[] {
  return views.workloads.map(({ resource }) => resource)
}
