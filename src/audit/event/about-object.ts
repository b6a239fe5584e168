import type { Review } from '../../api/review/admission-review.ts'
import { RequestRef } from '../../api/kinds/references.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import type { Decision, PatchOp } from '../../decision/decision.ts'
import { isFields } from '../../api/fields.ts'

/**
 * The request, and the verdict on it, that a review of one of our own kinds is about: as far as admission can know
 * them.
 */
export interface AboutObject {
  readonly request?: RequestRef
  readonly grants?: readonly { readonly name: string; readonly uid: string; readonly grantedBy: string }[] | undefined
  /** The uid of the object itself, if it existed before. */
  readonly uid?: string | undefined
}

export function aboutObject(review: Review, decision: Decision): AboutObject {
  const uid = textAt(review.oldObject, 'metadata', 'uid')
  const known = { ...(uid !== undefined && { uid }) }
  switch (review.resource.resource) {
    case 'accessrequests':
      return { ...known, ...requestOf(review, nameOf(review), uid) }
    case 'accessgrants':
      return { ...known, ...aboutGrant(review, decision) }
    default:
      return known
  }
}

function aboutGrant(review: Review, decision: Decision): AboutObject {
  const grant = review.object ?? review.oldObject
  const patch = decision.verdict === 'allow' ? (decision.patch ?? []) : []
  const stamped = patch.find(isRequestUid)?.value
  const requestUid = typeof stamped === 'string' ? stamped : textAt(grant, 'spec', 'requestRef', 'uid')
  const [name, uid] = [nameOf(review), textAt(grant, 'metadata', 'uid')]
  const grantedBy = textAt(grant, 'spec', 'grantedBy', 'username')
  return {
    ...requestOf(review, textAt(grant, 'spec', 'requestRef', 'name'), requestUid),
    ...(name !== undefined && uid !== undefined && grantedBy !== undefined
      ? { grants: [{ name, uid, grantedBy }] }
      : {}),
  }
}

const checkRef = schemaCheck(RequestRef, 'request')

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
