import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Pod } from '../../api/pod.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { WaryClock } from '../../cluster/clock/wary-clock.ts'
import { isBefore, isBeforeNew } from '../../decision/admission/limits.ts'
import { isFinished, isTakenUp } from '../../decision/phase.ts'
import { isCrowded, isListed } from '../../provision/pass.ts'
import { ownEnd, plan } from '../../provision/plan/plan.ts'
import { kindOf } from '../../provision/access-kinds.ts'
import type { Facts, OtherRequests, PodFacts, RequestFacts } from '../../provision/facts/request-facts.ts'
import { isOnHearsay, type Plan, type RequestPolicy } from '../../provision/facts/request-plan.ts'
import { areBound } from '../cleanup/bind-roles.ts'
import type { ExpressionAnswers } from './expression-answers.ts'
import { keyOf, passKeyOf, podKeyOf, requestorKeyOf, templateKeyOf } from '../views/keys.ts'
import { confirmFacts } from '../views/live-facts.ts'
import type { PassRefusals } from '../passes/pass-refusals.ts'
import { bindingsOf, evictionOf, undoOf } from '../cleanup/objects-of-request.ts'
import { readOwner } from '../self-check/read-owner.ts'
import { readShellSource } from './shell-source.ts'
import { createUnseenRequests, type UnseenRequests } from './unseen-requests.ts'
import type { Rehearsals } from './rehearsals.ts'
import { targetOf } from '../views/targets.ts'
import type { ValidatorAnswers } from './validator-answers.ts'
import { byPass, byRequest, byRequestor, byTemplate, templateOf, workloadKindsOf, type Views } from '../views/views.ts'

export interface PlannerOptions {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now' | 'earliest'>
  readonly views: Views
  readonly policy: RequestPolicy
  readonly expressionAnswers: ExpressionAnswers
  readonly validatorAnswers: ValidatorAnswers
  readonly passRefusals: Pick<PassRefusals, 'of'>
  readonly rehearsals: Rehearsals
}

/** Gathers the facts of a request, and has the rules make a plan of them. */
export interface Planner {
  /** Must be called for each look at a key, with the request in the view. */
  seen(key: string, request: AccessRequest | undefined): void
  /** Returns the plan. Undefined if the request is gone: the view will say so. */
  planNow(request: AccessRequest, signal: AbortSignal): Promise<Planned | undefined>
}

interface Planned {
  /** The request from which the plan was made. */
  readonly request: AccessRequest
  /** The facts of the plan. Undefined if the request itself says all that has to be known. */
  readonly facts?: Facts
  readonly next: Plan
}

/** All facts except those about other requests, which go on meanwhile. */
type OwnFacts = Omit<Facts, keyof OtherRequests>

export function createPlanner(options: PlannerOptions): Planner {
  const { client, clock, views, policy, expressionAnswers, validatorAnswers, rehearsals } = options
  const unseen = createUnseenRequests()

  async function planNow(request: AccessRequest, signal: AbortSignal): Promise<Planned | undefined> {
    const end = ownEnd(request, podOf(views, request), clock.now())
    if (end) return { request, next: end }
    const known = await factsOf(options, request, signal)
    const planned = planKnown(known)
    if (!ends(request, planned.next) && !isOnHearsay(planned.next)) return planned
    const confirmed = await confirmFacts(client, planned.facts, workloadKindsOf(views), signal)
    if (!confirmed) return undefined
    // By the view, which was behind, no pod was to be made. By the live facts, one may be.
    return planKnown({ ...confirmed, ...(await shellFacts(options, confirmed, signal)) })
  }

  /**
   * Plans without a pause. Between the look at the other requests and the taking up of this one, no other may be taken
   * up.
   */
  function planKnown(known: OwnFacts): Required<Planned> {
    const { request } = known
    const others: OtherRequests = {
      inTheWay: inTheWayOf(views, unseen, request),
      ownBefore: ownBefore(views, request),
      crowded: isCrowdedNow(views, unseen, known),
    }
    const facts = { ...known, ...others }
    const next = plan(facts, policy, clock.now(), clock.earliest())
    if (!isTakenUp(request) && isTakenUp(next)) unseen.note({ ...request, status: next.status })
    return { request, facts, next }
  }

  return {
    seen: (key, request) => {
      unseen.seen(key, request)
      if (!request || request.status?.target || isFinished(request)) rehearsals.forget(key)
      if (request) return
      validatorAnswers.forget(key)
      expressionAnswers.forget(key)
    },
    planNow,
  }
}

async function factsOf(options: PlannerOptions, request: AccessRequest, signal: AbortSignal): Promise<OwnFacts> {
  const { views, expressionAnswers, validatorAnswers, passRefusals, clock } = options
  const key = keyOf(request)
  const { uid, namespace } = request.metadata
  const use = views.records.by(byRequest, key).find(({ spec }) => spec.use && spec.request?.uid === uid)
  const template = templateOf(views, request)
  const target = targetOf(views, request, template)
  const owner = await ownerFor(options, { request, template }, signal)
  const facts = {
    request,
    owner,
    grants: views.grants.by(byRequest, key).filter(({ spec }) => spec.requestRef.uid === uid),
    ...target,
    template,
    namespaceLabels: views.namespaces.get(namespace)?.metadata.labels ?? {},
    listed: isPassListing(views, request),
    passRefused: passRefusals.of(request),
    authorized: request.status?.phase === 'Active',
    bound: isBound(views, { request, template, owner }),
    usedAt: use && Date.parse(use.spec.time),
    eviction: evictionOf(views, request)?.spec.eviction,
    undo: undoOf(views, request)?.spec.undo,
  }
  const [shell, answers] = await Promise.all([
    shellFacts(options, facts, signal),
    expressionAnswers.answersOf(facts, clock.now()),
  ])
  return { ...facts, ...shell, answers: new Map([...answers, ...validatorAnswers.answersOf(facts, signal)]) }
}

/** Returns the pod of a request, as far as a view knows it. */
function podOf(views: Views, request: AccessRequest): Pod | undefined {
  const [key] = podKeyOf(request)
  return key === undefined ? undefined : views.pods.get(key)
}

/**
 * Returns the owner of bindings: only those may be in another namespace than their request. It is read live, because a
 * ClusterRole that was installed anew is another owner.
 */
async function ownerFor({ client }: PlannerOptions, about: RequestFacts, signal: AbortSignal): Promise<Facts['owner']> {
  if (kindOf(about.request.spec).provenBy(about).by !== 'bindings') return undefined
  const owner = await readOwner(client, signal)
  return 'reference' in owner ? owner.reference : undefined
}

/** Returns the source of the shell pod, and what the cluster says of a dry run. Facts that are known already stay. */
async function shellFacts(
  { client, views, rehearsals }: PlannerOptions,
  facts: RequestFacts & PodFacts & Partial<Pick<Facts, 'shell' | 'rehearsal'>>,
  signal: AbortSignal,
): Promise<Pick<Facts, 'shell' | 'rehearsal'>> {
  const shell = facts.shell ?? (await readShellSource(client, views, facts, signal))
  const what = facts.rehearsal ? undefined : kindOf(facts.request.spec).rehearsed({ ...facts, shell })
  const rehearsal = what ? await rehearsals.rehearse(keyOf(facts.request), what, signal) : facts.rehearsal
  return { shell, rehearsal }
}

/** Returns the unfinished requests under the same template that have their places, or get them, before this one. */
function inTheWayOf(views: Views, unseen: UnseenRequests, request: AccessRequest): readonly AccessRequest[] {
  if (!templateOf(views, request)?.spec.limits) return []
  const others = templateKeyOf(request).flatMap((key) => views.requests.by(byTemplate, key))
  return others.filter(
    (one) => one.metadata.uid !== request.metadata.uid && (unseen.has(one) || isBefore(one, request)),
  )
}

/**
 * Returns the unfinished requests of the same user and namespace that come before this one. Empty once the controller
 * has looked at it.
 */
function ownBefore(views: Views, request: AccessRequest): readonly AccessRequest[] {
  if (request.status?.phase !== undefined) return []
  const own = requestorKeyOf(request).flatMap((key) => views.requests.by(byRequestor, key))
  return own.filter((one) => one.metadata.uid !== request.metadata.uid && isBeforeNew(one, request))
}

/** True if the pass that would let the requestor in has no room. */
function isCrowdedNow(views: Views, unseen: UnseenRequests, { request, pod }: OwnFacts): boolean {
  const [key = ''] = passKeyOf(request, pod?.metadata.name)
  const soon = unseen.all().filter((one) => passKeyOf(one).includes(key))
  return isCrowded([...views.requests.by(byPass, key), ...soon], request)
}

/** True if a plan ends an open request. That is never undone, so it needs live facts. */
function ends(request: AccessRequest, { status }: Plan): boolean {
  return !isFinished(request) && isFinished({ ...request, status })
}

/** True if the pass that lets the requestor in names the request. */
export function isPassListing(views: Views, request: AccessRequest): boolean {
  const [key = ''] = passKeyOf(request)
  return isListed(views.passes.get(key), request)
}

/** True if the views show all bindings that prove an access. */
function isBound(views: Views, facts: RequestFacts): boolean {
  const proof = kindOf(facts.request.spec).provenBy(facts)
  if (proof.by !== 'bindings' || !proof.bindings) return false
  return areBound(proof.bindings, bindingsOf(views, keyOf(facts.request)))
}
