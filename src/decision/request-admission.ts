import type { Review } from '../api/admission-review.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { AccessRequestAsked, type TemplateRef } from '../api/kinds/access-request-spec.ts'
import type { Identity } from '../api/kinds/identity.ts'
import { validator } from '../api/validator.ts'
import { objectionToAsking, type Asking } from './asking.ts'
import { allowed, denied, type Decision } from './decision.ts'
import { say } from './sentence.ts'
import { identityOf, isFields, stampRequest, withoutBefore, type Fields } from './stamp.ts'

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
  | { readonly stamped: Decision; readonly asking: Omit<Asking, 'namespaceLabels'>; readonly templateRef: TemplateRef }

const validate = validator(AccessRequestAsked, 'request')

// etcd takes 1.5 MiB, but a request and its status, its pass and its records must all fit (tried.md: a request of
// 1.57 MB was created, and its status never written).
const maxBytes = 65_536

/** What happens to an AccessRequest at CREATE and UPDATE: who asks, and who revokes, is who is logged in. */
export function admitRequest(review: Review, { extraKeys }: StampPolicy): AtAdmission {
  const spec = specOf(review.object)
  // Not ours to explain: the schema refuses it right after us.
  if (!spec) return { decision: allowed('STAMPED', 'there is no spec to stamp') }
  if (Buffer.byteLength(JSON.stringify(spec)) > maxBytes) {
    return { decision: denied('E_TOO_LARGE', `spec is larger than ${maxBytes / 1_024} KiB`) }
  }
  const before = review.operation === 'UPDATE' ? specOf(review.oldObject) : undefined
  if (review.operation === 'UPDATE' && !before) return { decision: withoutBefore() }
  const patch = stampRequest(spec, before, identityOf(review.userInfo, extraKeys))
  const decision = allowed('STAMPED', before ? 'kept who asked' : 'stamped who asks', { patch })
  if (!before) return admitNew(review, decision, identityOf(review.userInfo, extraKeys))
  return revokesForOther(spec, before, review.userInfo.username) ? { revokedByOther: decision } : { decision }
}

function revokesForOther(spec: Fields, before: Fields, username: string): boolean {
  const revokes = before['revoked'] === undefined && spec['revoked'] !== undefined
  return revokes && requestorOf(before) !== username
}

function admitNew(review: Review, stamped: Decision, requestor: Identity): AtAdmission {
  const asked = validate(review.object)
  // As above: the schema has a better answer to what it does not know.
  if (!asked.ok || !asked.value.spec.templateRef) return { decision: stamped }
  const { spec } = asked.value
  const asking = { spec, requestor, namespace: review.namespace ?? '' }
  return { stamped, asking, templateRef: asked.value.spec.templateRef }
}

/** What becomes of a request under a template, now that this is known; undefined where there is none of that name. */
export function admitAsking(
  stamped: Decision,
  asking: Asking,
  ref: TemplateRef,
  template: AnyTemplate | undefined,
): Decision {
  if (!template) return denied('E_TEMPLATE_MISSING', say`There is no ${ref.kind} ${ref.name}` + where(ref, asking))
  return objectionToAsking(asking, template) ?? stamped
}

function where({ kind }: TemplateRef, { namespace }: Asking): string {
  return kind === 'AccessTemplate' ? say` in ${namespace}` : ''
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
