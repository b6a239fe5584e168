import type { Review } from '../api/admission-review.ts'
import type { RequestRef } from '../api/kinds/references.ts'
import type { Decision, PatchOp } from '../decision/decision.ts'
import { isFields } from '../decision/stamp.ts'

/** Which request, and which verdict on it, a review of one of our own kinds is about: as far as it can be known at admission. */
export interface About {
  readonly request?: RequestRef
  readonly grants?: readonly { readonly name: string; readonly uid: string; readonly grantedBy: string }[]
  /** Of the object itself, where it was there before. */
  readonly uid?: string
}

export function aboutOf(review: Review, decision: Decision): About {
  const uid = textAt(review.oldObject, 'metadata', 'uid')
  const known = { ...(uid !== undefined && { uid }) }
  switch (review.resource.resource) {
    case 'accessrequests':
      return { ...known, ...requestOf(review, review.name, uid) }
    case 'accessgrants':
      return { ...known, ...aboutGrant(review, decision) }
    default:
      return known
  }
}

function aboutGrant(review: Review, decision: Decision): About {
  const grant = review.object ?? review.oldObject
  const patch = decision.verdict === 'allow' ? (decision.patch ?? []) : []
  const stamped = patch.find(isRequestUid)?.value
  const requestUid = typeof stamped === 'string' ? stamped : textAt(grant, 'spec', 'requestRef', 'uid')
  const uid = textAt(grant, 'metadata', 'uid')
  const grantedBy = textAt(grant, 'spec', 'grantedBy', 'username')
  return {
    ...requestOf(review, textAt(grant, 'spec', 'requestRef', 'name'), requestUid),
    ...(review.name && uid !== undefined && grantedBy !== undefined
      ? { grants: [{ name: review.name, uid, grantedBy }] }
      : {}),
  }
}

function requestOf({ namespace }: Review, name: string | undefined, uid: string | undefined): Pick<About, 'request'> {
  return namespace && name && uid && isShort(namespace, 63) && isShort(name, 253) && isShort(uid, 64)
    ? { request: { namespace, name, uid } }
    : {}
}

/** Before the schema was asked, a name may be anything. */
function isShort(text: string, max: number): boolean {
  return text.length <= max
}

function isRequestUid(operation: PatchOp): operation is Extract<PatchOp, { op: 'add' }> {
  return operation.op === 'add' && operation.path === '/spec/requestRef/uid'
}

function textAt(object: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((at, key) => (isFields(at) ? at[key] : undefined), object)
  return typeof found === 'string' ? found : undefined
}
