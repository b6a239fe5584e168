import type { Review } from '../../api/review/admission-review.ts'
import type { Instant } from '../../api/duration.ts'
import type { DirectPolicy } from '../../api/config/direct-config.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { AccessRequestAsked, type AccessRequestSpec, type TemplateRef } from '../../api/kinds/access-request-spec.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import { objectionToDirect } from './direct-rules.ts'
import { objectionUnderTemplate, type AskedUnderTemplate } from './offer-rules.ts'
import { judgeChallenges } from '../challenge/judge.ts'
import { allowed, denied, type Decision, type Deny } from '../decision.ts'
import { objectionToLogin, type IdentityPolicy } from '../identity.ts'
import { objectionToOneMore } from './limits.ts'
import { say } from '../text/sentence.ts'
import { identityOf, stampRequest, withoutBefore } from './stamp.ts'
import { namedPod } from '../kinds/access-kinds.ts'
import { targetRef } from '../template.ts'
import { isFields, type Fields } from '../../api/fields.ts'
import { groupNames } from '../subject.ts'

export interface StampPolicy {
  /** Keys of userInfo.extra that are kept. */
  readonly extraKeys: readonly string[]
}

export interface RequestAdmissionPolicy {
  readonly identity: IdentityPolicy & StampPolicy
  readonly requests: { readonly direct: DirectPolicy }
}

/**
 * A decision, or a case that needs more facts. A revocation by somebody other than the requestor depends on what they
 * may do. A request under a template must be looked at first.
 */
export type AtAdmission =
  | { readonly decision: Decision }
  | { readonly revokedByOther: Decision }
  | { readonly asked: AccessRequestSpec; readonly templateRef: TemplateRef }

const checkRequest = schemaCheck(AccessRequestAsked, 'request')

// etcd takes 1.5 MiB, but a request and its status, its pass and its records must all fit. A request of
// 1.57 MB could be created, but its status could never be written.
const maxBytes = 65_536

/** Admits an AccessRequest at CREATE and UPDATE. The login is stamped as the user who asks, or who revokes. */
export function admitRequest(review: Review, policy: RequestAdmissionPolicy): AtAdmission {
  const spec = specOf(review.object)
  // The schema refuses it right after us, and explains it.
  if (!spec) return { decision: allowed('STAMPED', 'the request has no spec to stamp') }
  const before = review.operation === 'UPDATE' ? specOf(review.oldObject) : undefined
  if (review.operation === 'UPDATE' && !before) return { decision: withoutBefore() }
  if (!before) return admitNew(review, spec, policy)
  const patch = stampRequest(spec, before, identityOf(review.userInfo, policy.identity.extraKeys))
  const decision = allowed('STAMPED', 'kept who asked', { patch })
  return revokesForOther(spec, before, review.userInfo.username) ? { revokedByOther: decision } : { decision }
}

function revokesForOther(spec: Fields, before: Fields, username: string): boolean {
  const revokes = before['revoked'] === undefined && spec['revoked'] !== undefined
  return revokes && requestorOf(before) !== username
}

/**
 * Admits a new request. Only here its size is measured: later it cannot grow, and the stamps on it must not keep
 * anybody from revoking it.
 */
function admitNew(
  review: Review,
  spec: Fields,
  { identity, requests: { direct } }: RequestAdmissionPolicy,
): AtAdmission {
  const impersonated = objectionToLogin(review.userInfo, identity, 'asks for access')
  if (impersonated) return { decision: impersonated }
  if (Buffer.byteLength(JSON.stringify(spec)) > maxBytes) {
    return { decision: denied('E_TOO_LARGE', `spec is larger than ${maxBytes / 1_024} KiB`) }
  }
  const asked = checkRequest(review.object)
  const requestor = identityOf(review.userInfo, identity.extraKeys)
  // As above, the schema has a better answer to fields that it does not know.
  if (!asked.ok) return { decision: stampedNew(spec, requestor) }
  if (!asked.value.spec.templateRef) {
    const { namespace = '' } = review
    const objection = objectionToDirect({ spec: asked.value.spec, requestor, namespace }, direct)
    return { decision: objection ?? stampedNew(spec, requestor) }
  }
  return { asked: asked.value.spec, templateRef: asked.value.spec.templateRef }
}

function stampedNew(spec: Fields, requestor: Identity): Decision {
  return allowed('STAMPED', 'stamped who asks', { patch: stampRequest(spec, undefined, requestor) })
}

/** The facts that decide on a new request under a template. */
export interface AdmissionFacts {
  /** Undefined if no template has that name. */
  readonly template: AnyTemplate | undefined
  readonly namespaceLabels: Readonly<Record<string, string>>
  /** The unfinished requests under the template, if it limits them. */
  readonly others: readonly AccessRequest[]
  /** True if the pod that it names belongs for certain to another workload than the template's. */
  readonly isOfAnother: boolean
  readonly now: Instant
}

/** Decides on a request under a template, with the facts that it needs. */
export function admitUnderTemplate(
  review: Review,
  { extraKeys }: StampPolicy,
  { asked, templateRef }: Extract<AtAdmission, { asked: unknown }>,
  { template, namespaceLabels, others, isOfAnother, now }: AdmissionFacts,
): Decision {
  const namespace = review.namespace ?? ''
  if (!template) {
    const { kind, name } = templateRef
    const where = kind === 'AccessTemplate' ? say` in namespace ${namespace}` : ''
    const what = say`${kind} ${name} does not exist` + where
    return denied('E_TEMPLATE_MISSING', what, say`See what is offered:\nkubectl access templates -n ${namespace}`)
  }
  const requestor = identityOf(review.userInfo, extraKeys, groupNames(template.spec.subjects))
  const asking = { spec: { ...asked, requestor }, requestor, namespace, namespaceLabels }
  return (
    objectionUnderTemplate(asking, template) ??
    (isOfAnother ? podOfAnother(asked, template) : undefined) ??
    neverMet(asking, template, now) ??
    objectionToOneMore(asking, template, others) ??
    stampedNew(specOf(review.object) ?? {}, requestor)
  )
}

function podOfAnother(asked: AccessRequestSpec, template: AnyTemplate): Deny {
  const { kind, name } = targetRef(template) ?? { kind: '', name: '' }
  const offers = say`${template.kind} ${template.metadata.name} offers ${kind} ${name}`
  const what = say`, to which pod ${namedPod(asked) ?? ''} does not belong`
  const remedy = 'Leave the pod out for one that is ready, or ask under another template.'
  return denied('E_TEMPLATE_BEYOND', offers + what, remedy)
}

/**
 * Denies a request whose challenges can never be met. This is known before anybody approves: hours that are over are
 * over.
 */
function neverMet({ spec, requestor }: AskedUnderTemplate, template: AnyTemplate, now: Instant): Deny | undefined {
  const begin = Math.max(now, fromMicroTime(spec.startAt ?? '') ?? now)
  const facts = { requestor, approvals: [], begin, answers: new Map() }
  const judged = judgeChallenges(template.spec.challenges ?? [], facts)
  return judged.verdict === 'refused' ? denied(judged.code, judged.message) : undefined
}

/**
 * Decides on a revocation by somebody other than the requestor.
 * @param mayGrant True if the user may create grants in the request's namespace.
 */
export function admitRevocation(review: Review, decision: Decision, mayGrant: boolean): Decision {
  if (mayGrant) return decision
  return denied(
    'E_REVOKE',
    say`${review.userInfo.username} did not make request ${review.name ?? ''}, and may not decide it`,
  )
}

function specOf(object: unknown): Fields | undefined {
  if (!isFields(object)) return undefined
  return isFields(object['spec']) ? object['spec'] : undefined
}

function requestorOf(spec: Fields): unknown {
  return isFields(spec['requestor']) ? spec['requestor']['username'] : undefined
}
