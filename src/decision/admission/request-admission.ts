import type { Review } from '../../api/review/admission-review.ts'
import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { AccessRequestAsked, type AccessRequestSpec, type TemplateRef } from '../../api/kinds/access-request-spec.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import { objectionUnderTemplate, objectionToUntemplated, type AskedUnderTemplate } from './offer-rules.ts'
import { judgeChallenges } from '../challenge/judge.ts'
import { allowed, denied, type Decision, type Deny } from '../decision.ts'
import { objectionToLogin, type IdentityPolicy } from '../identity.ts'
import { objectionToOneMore } from './limits.ts'
import { say } from '../text/sentence.ts'
import { identityOf, stampRequest, withoutBefore } from './stamp.ts'
import { isFields, type Fields } from '../../api/fields.ts'
import { groupNames } from '../subject.ts'

export interface StampPolicy {
  /** Keys of userInfo.extra that are kept. */
  readonly extraKeys: readonly string[]
}

/**
 * Either decided; or a revocation by somebody other than the requestor, which depends on what that one may do; or a
 * request under a template, which must be looked at first.
 */
export type AtAdmission =
  | { readonly decision: Decision }
  | { readonly revokedByOther: Decision }
  | { readonly asked: AccessRequestSpec; readonly templateRef: TemplateRef }

const checkRequest = schemaCheck(AccessRequestAsked, 'request')

// etcd takes 1.5 MiB, but a request and its status, its pass and its records must all fit: a request of
// 1.57 MB could be created, and its status could never be written.
const maxBytes = 65_536

/** What happens to an AccessRequest at CREATE and UPDATE: who asks, and who revokes, is who is logged in. */
export function admitRequest(review: Review, policy: IdentityPolicy & StampPolicy): AtAdmission {
  const spec = specOf(review.object)
  // Not ours to explain: the schema refuses it right after us.
  if (!spec) return { decision: allowed('STAMPED', 'there is no spec to stamp') }
  const before = review.operation === 'UPDATE' ? specOf(review.oldObject) : undefined
  if (review.operation === 'UPDATE' && !before) return { decision: withoutBefore() }
  if (!before) return admitNew(review, spec, policy)
  const patch = stampRequest(spec, before, identityOf(review.userInfo, policy.extraKeys))
  const decision = allowed('STAMPED', 'kept who asked', { patch })
  return revokesForOther(spec, before, review.userInfo.username) ? { revokedByOther: decision } : { decision }
}

function revokesForOther(spec: Fields, before: Fields, username: string): boolean {
  const revokes = before['revoked'] === undefined && spec['revoked'] !== undefined
  return revokes && requestorOf(before) !== username
}

/** What is asked is measured here alone: later it cannot grow, and what was stamped on it must not keep it from being revoked. */
function admitNew(review: Review, spec: Fields, policy: IdentityPolicy & StampPolicy): AtAdmission {
  const impersonated = objectionToLogin(review.userInfo, policy, 'asks for access')
  if (impersonated) return { decision: impersonated }
  if (Buffer.byteLength(JSON.stringify(spec)) > maxBytes) {
    return { decision: denied('E_TOO_LARGE', `spec is larger than ${maxBytes / 1_024} KiB`) }
  }
  const asked = checkRequest(review.object)
  // As above: the schema has a better answer to what it does not know.
  if (!asked.ok || !asked.value.spec.templateRef) {
    const requestor = identityOf(review.userInfo, policy.extraKeys)
    return { decision: objectionToUntemplated(requestor) ?? stampedNew(spec, requestor) }
  }
  return { asked: asked.value.spec, templateRef: asked.value.spec.templateRef }
}

function stampedNew(spec: Fields, requestor: Identity): Decision {
  return allowed('STAMPED', 'stamped who asks', { patch: stampRequest(spec, undefined, requestor) })
}

/** What a request under a template is judged by. */
export interface AdmissionFacts {
  /** Undefined where there is none of that name. */
  readonly template: AnyTemplate | undefined
  readonly namespaceLabels: Readonly<Record<string, string>>
  /** The unfinished requests under the template, where it limits them. */
  readonly others: readonly AccessRequest[]
  readonly now: Instant
}

/** What becomes of a request under a template, now that this is known. */
export function admitUnderTemplate(
  review: Review,
  { extraKeys }: StampPolicy,
  { asked, templateRef }: Extract<AtAdmission, { asked: unknown }>,
  { template, namespaceLabels, others, now }: AdmissionFacts,
): Decision {
  const namespace = review.namespace ?? ''
  if (!template) {
    const { kind, name } = templateRef
    const where = kind === 'AccessTemplate' ? say` in ${namespace}` : ''
    return denied('E_TEMPLATE_MISSING', say`There is no ${kind} ${name}` + where)
  }
  const requestor = identityOf(review.userInfo, extraKeys, groupNames(template.spec.subjects))
  const asking = { spec: { ...asked, requestor }, requestor, namespace, namespaceLabels }
  return (
    objectionUnderTemplate(asking, template) ??
    neverMet(asking, template, now) ??
    objectionToOneMore(asking, template, others) ??
    stampedNew(specOf(review.object) ?? {}, requestor)
  )
}

/** What can be said of the challenges before anybody approves: hours that are over are over. */
function neverMet({ spec, requestor }: AskedUnderTemplate, template: AnyTemplate, now: Instant): Deny | undefined {
  const begin = Math.max(now, fromMicroTime(spec.startAt ?? '') ?? now)
  const facts = { requestor, approvals: [], begin, answers: new Map() }
  const judged = judgeChallenges(template.spec.challenges ?? [], facts)
  return judged.verdict === 'refused' ? denied(judged.code, judged.message) : undefined
}

/** @param mayGrant whether the user may create grants in the request's namespace */
export function admitRevocation(review: Review, decision: Decision, mayGrant: boolean): Decision {
  if (mayGrant) return decision
  return denied(
    'E_REVOKE',
    say`${review.userInfo.username} neither made request ${review.name ?? ''} nor may decide it`,
  )
}

function specOf(object: unknown): Fields | undefined {
  if (!isFields(object)) return undefined
  return isFields(object['spec']) ? object['spec'] : undefined
}

function requestorOf(spec: Fields): unknown {
  return isFields(spec['requestor']) ? spec['requestor']['username'] : undefined
}
