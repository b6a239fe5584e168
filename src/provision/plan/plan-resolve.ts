import type { Instant } from '../../api/duration.ts'
import { maxPassRequests } from '../../api/kinds/access-pass.ts'
import type { TemplateRef } from '../../api/kinds/access-request-spec.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import type { AccessRequestStatus, Target } from '../../api/kinds/access-request-status.ts'
import { cut } from '../../api/printable.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { objectionToAsking, objectionToUntemplated } from '../../decision/admission/offer-rules.ts'
import { requestDigest, shortDigestLength, type BoundRoles } from '../../decision/digest.ts'
import { objectionToOneMore, objectionToOneMoreOwn } from '../../decision/admission/limits.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { resolveTarget, type Resolved } from '../../decision/pod/target.ts'
import { usedTemplate } from '../../decision/template.ts'
import { withCondition } from '../facts/conditions.ts'
import { beforehand } from './plan-granted.ts'
import { finish, maxMessage, type Facts, type Plan, type ResolvePolicy } from '../facts/request-plan.ts'
import { resolveRoles, rolesText } from '../role/role-objects.ts'
import { resolveShell, type ResolvedShell } from '../shell/resolve-shell.ts'
import type { Pinned } from '../shell/pinned-image.ts'
import { waitsForGrant } from './waiting.ts'

/** A request whose pod is not known yet. What it is then told stays: the target never changes again. */
export function planResolve(facts: Facts, policy: ResolvePolicy, wakeAt: Instant, now: Instant): Plan {
  const { request } = facts
  const final = neverResolved(facts, policy)
  if (final !== undefined) return finish(request, 'Failed', final, now)
  const resolved = resolve(facts)
  if (!('problem' in resolved)) {
    const status = waiting(facts, resolved, now)
    const told = 'admission' in resolved ? withAdmission(withImage(status, resolved.image, now), resolved, now) : status
    return { status: told, objects: beforehand(facts, status), wakeAt: facts.template ? now : wakeAt }
  }
  const { problem, isRefused = false } = resolved
  const notFound = { status: 'False', reason: isRefused ? 'Refused' : 'NotFound', message: problem } as const
  const conditions = withCondition(request.status?.conditions, 'TargetResolved', notFound, now)
  const status = { ...request.status, conditions }
  if (resolved.final) return finish({ ...request, status }, 'Failed', problem, now)
  const refusal = isRefused ? { refusal: problem } : {}
  return { status: { ...status, phase: 'Pending', message: problem }, objects: [], wakeAt, ...refusal }
}

type Found = { readonly target: Target; readonly why?: string } | ResolvedShell | BoundRoles

function resolve(facts: Facts): Found | Extract<Resolved, { problem: string }> {
  const { spec } = facts.request
  if (spec.role) return resolveRoles(facts)
  return spec.shell ? resolveShell(facts) : resolveTarget(facts.request, facts)
}

/** What no waiting would mend. */
function neverResolved(facts: Facts, { maxUnfinished }: ResolvePolicy): string | undefined {
  const { spec } = facts.request
  if ((!spec.exec && !spec.shell && !spec.role) || !spec.requestor)
    return 'it names no access that this Sallyport knows'
  if (spec.startAt !== undefined && fromMicroTime(spec.startAt) === undefined) {
    return say`spec.startAt is no time such as 2026-11-22T08:00:00Z: ${spec.startAt}`
  }
  const oneMore = objectionToOneMoreOwn(facts.ownBefore, maxUnfinished)
  if (oneMore) return oneMore.message
  return spec.templateRef ? notOffered(facts, spec.templateRef, spec.requestor) : notAsked(facts, spec.requestor)
}

function notAsked(facts: Facts, requestor: Identity): string | undefined {
  return objectionToUntemplated(requestor)?.message ?? tooMany(facts)
}

function notOffered(facts: Facts, ref: TemplateRef, requestor: Identity): string | undefined {
  const { request, template, namespaceLabels } = facts
  if (!template) return say`there is no ${ref.kind} ${ref.name}`
  const asking = { spec: request.spec, requestor, namespace: request.metadata.namespace, namespaceLabels }
  const objection = objectionToAsking(asking, template) ?? objectionToOneMore(request, template, facts.inTheWay)
  return objection?.message ?? tooMany(facts)
}

function tooMany({ crowded }: Facts): string | undefined {
  if (!crowded) return undefined
  return `you have ${maxPassRequests} unfinished requests for this pod: revoke or delete one, and ask again`
}

function waiting({ request, template }: Facts, resolved: Found, now: Instant): AccessRequestStatus {
  const { uid, generation } = request.metadata
  const used = template && usedTemplate(template)
  const digest = requestDigest(uid, request.spec, 'target' in resolved ? resolved.target : resolved, used)
  const shortDigest = digest.slice(0, shortDigestLength)
  const message = waitsForGrant(request, template, shortDigest, 'bindings' in resolved ? resolved : undefined)
  const found = 'target' in resolved ? targetText(resolved) : rolesText(resolved)
  const isFound = { status: 'True', reason: 'Found', message: found } as const
  return {
    ...request.status,
    conditions: withCondition(request.status?.conditions, 'TargetResolved', isFound, now),
    phase: 'Pending',
    message,
    observedGeneration: generation,
    ...(used && { template: used }),
    ...('target' in resolved ? { target: resolved.target } : { bindings: [...resolved.bindings] }),
    digest,
    shortDigest,
  }
}

/** What was found, and why this container, where nobody named it: as kubectl says which one it takes. */
function targetText({ target, why }: { readonly target: Target; readonly why?: string }): string {
  const { pod, container } = target
  return say`pod ${pod}, container ${container}` + (why === undefined ? '' : ` (none was named: ${why})`)
}

/** Whether the shell pod will run just what the workload runs, or what the name of its image means by then. */
function withImage(status: AccessRequestStatus, image: Pinned, now: Instant): AccessRequestStatus {
  const held = image.pinned
    ? ({ status: 'True', reason: 'ByDigest', message: say`it will run ${image.image}` } as const)
    : ({ status: 'False', reason: 'ByName', message: image.why } as const)
  return { ...status, conditions: withCondition(status.conditions, 'ImagePinned', held, now) }
}

/** Whether the pod that is approved is what the cluster makes of it. */
function withAdmission(status: AccessRequestStatus, { admission }: ResolvedShell, now: Instant): AccessRequestStatus {
  const held = admission.isTold ? admitted(admission.changes) : untold(admission.words)
  return { ...status, conditions: withCondition(status.conditions, 'PodAdmitted', held, now) }
}

type Held = Parameters<typeof withCondition>[2]

function admitted(changes: readonly string[]): Held {
  if (changes.length === 0)
    return { status: 'True', reason: 'AsAsked', message: 'the cluster makes it as it was asked for' }
  const message = cut(`the cluster's admission ${changes.join('; ')}`, maxMessage)
  return { status: 'True', reason: 'Changed', message }
}

function untold(words: string): Held {
  const message = `what the cluster's admission makes of it, no dry run can show: ${quoted(words)}`
  return { status: 'Unknown', reason: 'NoDryRun', message }
}
