import type { MadeObject } from '../api/audit-event.ts'
import { accessRequestKind, type AccessRequest } from '../api/kinds/access-request.ts'
import { mayDo } from '../cluster/access-review.ts'
import type { ApplySet, Change } from '../cluster/apply-set.ts'
import type { Client } from '../cluster/client.ts'
import { mergePatch } from '../cluster/merge-patch.ts'
import type { WaryClock } from '../cluster/wary-clock.ts'
import type { Reconcile, Workqueue } from '../cluster/workqueue.ts'
import type { Instant } from '../api/duration.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { canonicalJson } from '../decision/canonical-json.ts'
import { isBefore } from '../decision/limits.ts'
import { isFinished, isGranted, isTakenUp } from '../decision/phase.ts'
import { askAgainAfter } from '../provision/ask-again.ts'
import { requestUidLabel } from '../provision/exec-objects.ts'
import { hasBegun, withEviction } from '../provision/eviction.ts'
import { isCrowded, isListed } from '../provision/pass.ts'
import type { Manifest } from '../provision/manifest.ts'
import { plan } from '../provision/plan.ts'
import { bindingRefused, wantedBindings } from '../provision/plan-role.ts'
import { finish, type Facts, type Plan, type RequestPolicy } from '../provision/request-plan.ts'
import type { Evaluator } from '../expression/evaluator.ts'
import { readAnswers } from './expression-answers.ts'
import type { ValidatorAnswers } from './validator-answers.ts'
import { createTakenUp, type TakenUp } from './taken-up.ts'
import { areBound, type RoleBinder } from './bind-roles.ts'
import { isEviction, noteEviction, settleEviction, type EvictionRecord } from './evictions.ts'
import { removeOrphanGrants } from './orphan-grants.ts'
import { keyOf, passKeyOf, templateKeyOf } from './keys.ts'
import { confirmFacts, readLiveRequest } from './live-facts.ts'
import { makePod, withPod } from './make-pod.ts'
import { readShellSource } from './shell-source.ts'
import { targetOf } from './targets.ts'
import { byPass, byRequest, byTemplate, templateOf, workloadKindsOf, type Provided, type Views } from './views.ts'

export interface RequestLoopOptions {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now' | 'earliest'>
  readonly views: Views
  readonly queue: Workqueue
  readonly applySet: ApplySet
  readonly bindRoles: RoleBinder
  readonly policy: RequestPolicy
  readonly evaluator: Pick<Evaluator, 'evaluate'>
  readonly validatorAnswers: ValidatorAnswers
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
  const takenUp = createTakenUp()

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
    options.validatorAnswers.forget(key)
    // The view may be behind: another replica's last writes may not be in its first list.
    const live = await readLiveRequest(client, key, signal)
    if (live) return
    await removeProvided(key, undefined, signal)
    await removeOrphanGrants(client, views.grants.by(byRequest, key), undefined, signal)
    await settleStrays(key, undefined, signal)
  }

  async function carryOut(request: AccessRequest, next: Plan, { made, signal }: Look): Promise<AccessRequest> {
    const seen = provided(views, keyOf(request)).filter((one) => uidOf(one) === request.metadata.uid)
    const names = new Set(seen.map(nameOf))
    // A pod is made once, by makePod: one that is not seen (yet) cannot be changed either.
    const objects = next.objects.filter((one) => one.kind !== 'Pod' || names.has(nameOf(one)))
    const bindsRoles = request.spec.role !== undefined && objects.length > 0
    const provide = async (): Promise<void> => {
      const known = [...seen, ...[...made.values()].filter((one) => !names.has(nameOf(one)))]
      tell(request, await applySet(request.metadata, objects, known, signal))
      for (const one of objects) made.set(nameOf(one), one)
    }
    if (!bindsRoles && objects.length > 0 && objects.every(givesNothing)) {
      return besides(writeStatus(request, next.status, signal), provide())
    }
    const written = await writeStatus(request, next.status, signal)
    if (bindsRoles) return bindAll(written, objects, seen, signal)
    await provide()
    return written
  }

  async function bindAll(
    request: AccessRequest,
    wanted: readonly Manifest[],
    owned: readonly Provided[],
    signal: AbortSignal,
  ): Promise<AccessRequest> {
    const bound = await bindRoles(request, wanted, owned, signal)
    if ('refused' in bound) {
      await writeStatus(request, bindingRefused(request, bound.refused, clock.now()), signal)
      // To be tried again, later and later.
      throw new Error(bound.refused)
    }
    tell(request, bound.changes)
    return request
  }

  function tell(request: AccessRequest, changes: readonly Change[]): void {
    // The deadline of a pod changes with its start.
    const drift = changes.filter(({ change, kind }) => change !== 'removed' && kind !== 'Pod')
    if (request.status?.phase === 'Active' && drift.length > 0) options.onDrift(request, drift)
  }

  async function writeStatus(request: AccessRequest, status: object, signal: AbortSignal): Promise<AccessRequest> {
    if (canonicalJson(status) === canonicalJson(request.status ?? {})) return request
    // Against what was read: a plan made from an old request must not count.
    const change = mergePatch(request.status ?? {}, status)
    const written = (await client.patchStatus(accessRequestKind, request.metadata, change, signal)) as AccessRequest
    if (written.status?.phase !== request.status?.phase) options.onPhase(written)
    return written
  }

  async function make(request: AccessRequest, pod: Manifest, look: Look): Promise<void> {
    const result = await makePod(client, pod, look.signal)
    if (result.made === 'taken') return
    if (result.made === 'pod') {
      options.onPod(request, { kind: 'Pod', ...result })
      await writeStatus(request, withPod(request, result.uid), look.signal)
    } else await carryOut(request, finish(request, 'Failed', result.message, clock.now()), look)
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

  /** Undefined where the request is gone: the view will say so. */
  async function planNow(request: AccessRequest, signal: AbortSignal): Promise<Planned | undefined> {
    const known = await factsOf(options, request, signal)
    const planned = planKnown(known)
    if (!ends(request, planned.next) && !planned.next.isOnHearsay) return planned
    const confirmed = await confirmFacts(client, planned.facts, workloadKindsOf(views), signal)
    if (!confirmed) return undefined
    // Of a view that was behind, no pod was to be made; now one is.
    const shell = confirmed.shell ?? (await readShellSource(client, views, confirmed, signal))
    return planKnown({ ...confirmed, shell })
  }

  /** In one go: between who was looked at and who is taken up by that, nobody else may be. */
  function planKnown(known: Omit<Facts, 'inTheWay'>): Planned {
    const { request, template } = known
    const facts = { ...known, inTheWay: inTheWayOf(views, takenUp, request) }
    const next = plan(facts, policy, clock.now(), clock.earliest())
    if (template?.spec.limits && !isTakenUp(request) && isTakenUp(next)) takenUp.note(request)
    return { facts, next }
  }

  async function reconcile(key: string, signal: AbortSignal): Promise<void> {
    const request = views.requests.get(key)
    takenUp.seen(key, request)
    if (!request) return whenAbsent(key, signal)
    await removeProvided(key, request, signal)
    await removeOrphanGrants(client, views.grants.by(byRequest, key), request, signal)
    await settleStrays(key, request, signal)

    await step(request, { made: new Map(), signal })
  }

  async function step(request: AccessRequest, look: Look): Promise<void> {
    const key = keyOf(request)
    const planned = await planNow(request, look.signal)
    if (!planned) return
    const { facts, next } = planned
    if (next.prune) {
      await client.remove(accessRequestKind, request.metadata, look.signal)
      return
    }
    // First, as the rest may fail and be put off: an access ends on time. What is due at once would leave no pause.
    wake(key, next, clock.now())
    const written = await carryOut(facts.request, next, look)
    await goOn({ ...planned, written }, look)
    // The next step can be taken from what was just written: the view would show it some milliseconds later.
    if (isDue(next, clock.now()) && written !== facts.request) await step(written, look)
    else wake(key, next)
  }

  /** What comes after the status is written. */
  async function goOn(
    { facts, next, written }: Planned & { readonly written: AccessRequest },
    look: Look,
  ): Promise<void> {
    const { signal } = look
    if (next.notes) await noteEviction(client, written, { eviction: next.notes, now: clock.now() }, signal)
    if (next.settles) await settle(written, next.settles, signal)
    if (next.makes) await make(written, next.makes, look)
    else if (next.wantsRbac && written.status?.phase === 'Approved') await whenReady(written, facts, look)
  }

  return reconcile
}

/** One look at a request, which may take several steps. */
interface Look {
  /** What was written by now, by name; no view may show it yet. */
  readonly made: Map<string, Manifest>
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

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`
}

interface Planned {
  readonly facts: Facts
  readonly next: Plan
}

async function factsOf(
  { client, views, evaluator, validatorAnswers, clock }: RequestLoopOptions,
  request: AccessRequest,
  signal: AbortSignal,
): Promise<Omit<Facts, 'inTheWay'>> {
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
    listed: isPassListing(views, request),
    authorized: request.status?.phase === 'Active',
    bound: isBound(views, request, template),
    usedAt: use && Date.parse(use.spec.time),
    eviction: evictionOf(views, request)?.spec.eviction,
  }
  const [shell, answers] = await Promise.all([
    readShellSource(client, views, facts, signal),
    readAnswers(evaluator, facts, clock.now()),
  ])
  return { ...facts, shell, answers: new Map([...answers, ...validatorAnswers.answersOf(facts, signal)]) }
}

/** The unfinished requests under the same template that have their places, or get them, before this one. */
function inTheWayOf(views: Views, takenUp: TakenUp, request: AccessRequest): readonly AccessRequest[] {
  if (!templateOf(views, request)?.spec.limits) return []
  const others = templateKeyOf(request).flatMap((key) => views.requests.by(byTemplate, key))
  return others.filter(
    (one) => one.metadata.uid !== request.metadata.uid && (takenUp.has(one) || isBefore(one, request)),
  )
}

/** The step from open to ended. It is never undone, so it is not taken on hearsay. */
function ends(request: AccessRequest, { status }: Plan): boolean {
  return !isFinished(request) && isFinished({ ...request, status })
}

function isPassListing(views: Views, request: AccessRequest): boolean {
  const [key = ''] = passKeyOf(request)
  return isListed(views.passes.get(key), request)
}

function isBound(views: Views, request: AccessRequest, template: Facts['template']): boolean {
  const { spec, status } = request
  if (!spec.role || !spec.requestor || !isGranted(status)) return false
  const wanted = wantedBindings({ request, template }, spec.requestor.username)
  return wanted !== undefined && areBound(wanted, bindingsOf(views, keyOf(request)))
}

function provided(views: Views, key: string): readonly Provided[] {
  return [...bindingsOf(views, key), ...views.roles.by(byRequest, key), ...views.pods.by(byRequest, key)]
}

function bindingsOf(views: Views, key: string): readonly Provided[] {
  return [...views.bindings.by(byRequest, key), ...views.clusterBindings.by(byRequest, key)]
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
