import { Type } from 'typebox'
import type { Review } from '../../api/review/admission-review.ts'
import type { AuditCut } from '../../api/audit-event.ts'
import { Identity } from '../../api/kinds/identity.ts'
import { RequestRef } from '../../api/kinds/references.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import type { Decision, PatchOp } from '../../decision/decision.ts'
import { isFields } from '../../api/fields.ts'
import type { Asked, GivenVerdict } from '../../api/told-request.ts'
import type { Redactor } from './redact.ts'
import { toldAsked, toldVerdict } from './told-asked.ts'

/**
 * The request, and the verdict on it, that a review of one of our own kinds is about: as far as admission can know
 * them.
 */
export interface AboutObject {
  readonly request?: RequestRef
  /** The user who asked for the access. */
  readonly requestor?: { readonly username: string; readonly groups?: readonly string[] | undefined } | undefined
  /** The wish of the requestor. */
  readonly asked?: Asked | undefined
  /** The words of the approver. */
  readonly verdict?: GivenVerdict | undefined
  /** The parts of `asked` that were too long to be told. */
  readonly cut?: readonly AuditCut[] | undefined
  readonly grants?: readonly { readonly name: string; readonly uid: string; readonly grantedBy: string }[] | undefined
  /** The uid of the object itself, if it existed before. */
  readonly uid?: string | undefined
}

export function aboutObject(review: Review, decision: Decision, redactor: Redactor): AboutObject {
  const uid = textAt(review.oldObject, 'metadata', 'uid')
  const known = { ...(uid !== undefined && { uid }) }
  switch (review.resource.resource) {
    case 'accessrequests':
      return { ...known, ...requestOf(review, nameOf(review), uid), ...aboutRequest(review, redactor) }
    case 'accessgrants':
      return { ...known, ...aboutGrant(review, decision, redactor) }
    default:
      return known
  }
}

/** The spec of a request never changes. So the object of before counts where there is one: the caller cannot have written it. */
function aboutRequest(review: Review, redactor: Redactor): AboutObject {
  const { asked, cut } = toldAsked(review.oldObject ?? review.object, redactor) ?? {}
  const { username, groups } = requestorOf(review) ?? {}
  return { ...(username !== undefined && { requestor: { username, groups } }), ...(asked && { asked, cut }) }
}

/** The requestor is the login that creates the request; later it is the one that was stamped. */
function requestorOf({ oldObject, userInfo }: Review): AboutObject['requestor'] {
  if (!oldObject) return userInfo
  const stamped = checkStamped(oldObject)
  return stamped.ok ? stamped.value.spec.requestor : undefined
}

function aboutGrant(review: Review, decision: Decision, redactor: Redactor): AboutObject {
  const grant = review.object ?? review.oldObject
  const patch = decision.verdict === 'allow' ? (decision.patch ?? []) : []
  const stamped = patch.find(isRequestUid)?.value
  const requestUid = typeof stamped === 'string' ? stamped : textAt(grant, 'spec', 'requestRef', 'uid')
  const [name, uid] = [nameOf(review), textAt(grant, 'metadata', 'uid')]
  const grantedBy = textAt(grant, 'spec', 'grantedBy', 'username')
  return {
    ...requestOf(review, textAt(grant, 'spec', 'requestRef', 'name'), requestUid),
    requestor: decision.requestor,
    verdict: toldVerdict(grant, redactor),
    ...(name !== undefined && uid !== undefined && grantedBy !== undefined
      ? { grants: [{ name, uid, grantedBy }] }
      : {}),
  }
}

const checkRef = schemaCheck(RequestRef, 'request')
const checkStamped = schemaCheck(Type.Object({ spec: Type.Object({ requestor: Identity }) }), 'request')

/** Returns the request if its name is possible: before the schema check, a name may be anything. */
function requestOf(
  { namespace }: Review,
  name: string | undefined,
  uid: string | undefined,
): Pick<AboutObject, 'request'> {
  const ref = checkRef({ namespace, name, uid })
  return ref.ok ? { request: ref.value } : {}
}

function isRequestUid(operation: PatchOp): operation is Extract<PatchOp, { op: 'add' }> {
  return operation.op === 'add' && operation.path === '/spec/requestRef/uid'
}

/**
 * Returns the name of the object, if it is known. The API server names none if it deletes a whole collection, or if the
 * name is generated.
 */
export function nameOf({ name, object, oldObject }: Review): string | undefined {
  return name || textAt(object, 'metadata', 'name') || textAt(oldObject, 'metadata', 'name') || undefined
}

/** Returns the beginning of the name that the API server will generate. */
export function generateNameOf(review: Review): string | undefined {
  return nameOf(review) === undefined ? textAt(review.object, 'metadata', 'generateName') : undefined
}

function textAt(object: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((at, key) => (isFields(at) ? at[key] : undefined), object)
  return typeof found === 'string' ? found : undefined
}
