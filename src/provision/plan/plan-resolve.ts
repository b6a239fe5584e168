import { conditionIn } from '../../api/conditions.ts'
import type { Instant } from '../../api/duration.ts'
import { accessOf } from '../../api/accesses.ts'
import { maxPassRequests } from '../../api/kinds/access-pass.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { TemplateRef } from '../../api/kinds/access-request-spec.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import type { DirectPolicy } from '../../api/config/direct-config.ts'
import { objectionToDirect } from '../../decision/admission/direct-rules.ts'
import { objectionUnderTemplate } from '../../decision/admission/offer-rules.ts'
import { requestDigest, shortDigestLength } from '../../decision/digest.ts'
import { namedPod } from '../../decision/kinds/access-kinds.ts'
import { objectionToOneMore, objectionToOneMoreOwn } from '../../decision/admission/limits.ts'
import { say } from '../../decision/text/sentence.ts'
import { usedTemplate } from '../../decision/template.ts'
import type { FoundTarget } from '../access-kind.ts'
import type { Unresolved } from '../../decision/kinds/exec/resolve-target.ts'
import { kindOf, namesNoAccess } from '../access-kinds.ts'
import { withCondition } from '../facts/conditions.ts'
import { finish } from '../facts/finish.ts'
import type { DecisionFacts, RequestFacts, ResolveFacts } from '../facts/request-facts.ts'
import type { Moment, Plan, RequestPolicy, ResolvePolicy } from '../facts/request-plan.ts'
import { approversOf } from './approvers.ts'
import { verdictOn, type RequestVerdict } from './verdict.ts'
import { waitingFor, waitsForGrant } from './waiting.ts'

/** Plans a request whose target is not known yet. Once the target is told, it never changes again. */
export function planResolve(
  facts: ResolveFacts & DecisionFacts,
  policy: RequestPolicy,
  wakeAt: Instant,
  at: Moment,
): Plan {
  const { request, template } = facts
  const { now } = at
  const final = neverResolved(facts, policy)
  if (final !== undefined) return finish(request, 'Failed', final, now)
  const kind = kindOf(request.spec)
  const resolved = kind.resolve(facts)
  const approvers = approversOf(facts, policy)
  if ('problem' in resolved) return { ...planUnresolved(facts, resolved, wakeAt, now), approvers }
  const found = { ...facts, request: { ...request, status: foundStatus(facts, resolved, now) } }
  // The next look decides. This one only tells what is missing.
  const verdict = verdictOn(found, policy, at)
  const status = { ...found.request.status, message: whyPending(found, verdict) }
  const awaits = verdict.verdict === 'waits' ? { awaits: verdict.awaits.join(', ') } : {}
  return { status, ...awaits, approvers, objects: kind.beforehand(found), wakeAt: template ? now : wakeAt }
}

function planUnresolved(
  facts: RequestFacts,
  { problem, final, isRefused = false }: Unresolved,
  wakeAt: Instant,
  now: Instant,
): Plan {
  const { request } = facts
  const notFound = { status: 'False', reason: isRefused ? 'Refused' : 'NotFound', message: problem } as const
  const conditions = withCondition(request.status?.conditions, 'TargetResolved', notFound, now)
  const status = { ...request.status, conditions }
  // The API server may allow a refused object later, so this waits for as long as the request does.
  const { at, why } = isRefused ? { at: Infinity, why: problem } : givesUp(request, conditions, problem)
  if (final || now >= at) return finish({ ...request, status }, 'Failed', final ? problem : why, now)
  const refusal = isRefused ? { refusal: problem } : {}
  const pod = namedPod(request.spec)
  const awaits = pod === undefined ? 'its pod' : say`pod ${pod}`
  const waiting = { ...status, phase: 'Pending', message: problem } as const
  return { status: waiting, awaits, objects: [], wakeAt: Math.min(wakeAt, at), ...refusal }
}

/**
 * Returns when the controller stops looking for the target, and why the request then fails. The time counts from the
 * first look, so a controller that was down looks for as long.
 */
function givesUp(
  { spec }: AccessRequest,
  conditions: Conditions,
  problem: string,
): { readonly at: Instant; readonly why: string } {
  const patience = kindOf(spec).looksFor(spec)
  if (!patience) return { at: Infinity, why: problem }
  const since = conditionIn({ conditions }, 'TargetResolved')?.lastTransitionTime ?? ''
  const at = (fromMicroTime(since) ?? -Infinity) + patience.ms
  return { at, why: `${problem}; Sallyport looked for ${patience.ms / 1_000} seconds. ${patience.remedy}` }
}

/** Returns the problem that no waiting would mend. */
function neverResolved(facts: ResolveFacts, { maxUnfinished, direct }: ResolvePolicy): string | undefined {
  const { spec } = facts.request
  if (!accessOf(spec) || !spec.requestor) return namesNoAccess
  if (spec.startAt !== undefined && fromMicroTime(spec.startAt) === undefined) {
    return say`spec.startAt is not a time such as 2026-11-22T08:00:00Z: ${spec.startAt}`
  }
  const oneMore = objectionToOneMoreOwn(facts.ownBefore, maxUnfinished)
  if (oneMore) return oneMore.message
  return spec.templateRef
    ? notOffered(facts, spec.templateRef, spec.requestor)
    : notAsked(facts, spec.requestor, direct)
}

function notAsked(facts: ResolveFacts, requestor: Identity, direct: DirectPolicy): string | undefined {
  const { metadata, spec } = facts.request
  return objectionToDirect({ spec, requestor, namespace: metadata.namespace }, direct)?.message ?? tooMany(facts)
}

function notOffered(facts: ResolveFacts, ref: TemplateRef, requestor: Identity): string | undefined {
  const { request, template, namespaceLabels } = facts
  if (!template) return say`${ref.kind} ${ref.name} does not exist`
  const asking = { spec: request.spec, requestor, namespace: request.metadata.namespace, namespaceLabels }
  const objection = objectionUnderTemplate(asking, template) ?? objectionToOneMore(request, template, facts.inTheWay)
  return objection?.message ?? tooMany(facts)
}

function tooMany({ crowded }: Pick<ResolveFacts, 'crowded'>): string | undefined {
  if (!crowded) return undefined
  return `you have ${maxPassRequests} unfinished requests for this pod: revoke or delete one, and ask again`
}

function foundStatus(
  { request, template }: RequestFacts,
  { about, words, conditions }: FoundTarget,
  now: Instant,
): AccessRequestStatus {
  const { uid, generation } = request.metadata
  const used = template && usedTemplate(template)
  const digest = requestDigest(uid, request.spec, 'target' in about ? about.target : about, used)
  const isFound = { type: 'TargetResolved', held: { status: 'True', reason: 'Found', message: words } } as const
  return {
    ...request.status,
    conditions: withConditions(request.status?.conditions ?? [], [isFound, ...conditions], now),
    phase: 'Pending',
    observedGeneration: generation,
    ...(used && { template: used }),
    ...('target' in about ? about : { bindings: [...about.bindings] }),
    digest,
    shortDigest: digest.slice(0, shortDigestLength),
  }
}

function whyPending(facts: RequestFacts, verdict: RequestVerdict): string {
  if (verdict.verdict !== 'waits') return 'it is being looked at'
  return verdict.message === undefined ? waitsForGrant(facts) : waitingFor(facts, verdict)
}

function withConditions(before: Conditions, told: FoundTarget['conditions'], now: Instant): Conditions {
  return told.reduce((conditions, { type, held }) => withCondition(conditions, type, held, now), before)
}

type Conditions = ReturnType<typeof withCondition>
