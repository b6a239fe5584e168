import { isFields, type Fields } from '../../api/fields.ts'
import type { UserInfo } from '../../api/review/admission-review.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import { denied, type Deny, type PatchOp } from '../decision.ts'

// The bounds of the schema of Identity. RBAC for the access names the user, and needs none.
const maxGroups = 256
const maxGroupLength = 512
const maxGroupCharacters = 12_288

/**
 * Who is logged in, as it is stamped. `extra` has what the config names: tokens of a login change, and are nobody's business.
 * @param mattering groups that something depends on: where not all fit, these are kept
 */
export function identityOf(user: UserInfo, extraKeys: readonly string[], mattering: readonly string[] = []): Identity {
  const extra = Object.entries(user.extra ?? {}).filter(([key]) => extraKeys.includes(key))
  return {
    username: user.username,
    ...(user.uid && { uid: user.uid }),
    groups: fitting(user.groups ?? [], mattering),
    ...(extra.length > 0 && { extra: Object.fromEntries(extra) }),
  }
}

function fitting(groups: readonly string[], mattering: readonly string[]): string[] {
  const all = [...new Set(groups)].filter(({ length }) => length <= maxGroupLength)
  const first = all.filter((group) => mattering.includes(group))
  const rest = all.filter((group) => !mattering.includes(group))
  let left = maxGroupCharacters
  const kept = [...first, ...rest].slice(0, maxGroups).filter((group) => (left -= group.length) >= 0)
  return all.filter((group) => kept.includes(group))
}

/**
 * What admission writes into an AccessRequest's spec.
 *
 * On CREATE the requestor is who is logged in, and nothing is revoked yet. On UPDATE all that was stamped is copied from
 * the object before: so the same file can be applied again, by anybody and with any client, without changing who asked
 * or undoing a revocation. Only one that is new is signed.
 */
export function stampRequest(spec: Fields, before: Fields | undefined, identity: Identity): readonly PatchOp[] {
  if (!before) {
    const remove: readonly PatchOp[] = spec['revoked'] === undefined ? [] : [{ op: 'remove', path: '/spec/revoked' }]
    return [{ op: 'add', path: '/spec/requestor', value: identity }, ...remove]
  }
  const requestor = before['requestor']
  return [
    ...(requestor === undefined ? [] : [{ op: 'add', path: '/spec/requestor', value: requestor } as const]),
    ...revocation(spec['revoked'], before['revoked'], identity),
  ]
}

function revocation(revoked: unknown, before: unknown, by: Identity): readonly PatchOp[] {
  if (before !== undefined) return [{ op: 'add', path: '/spec/revoked', value: before }]
  if (!isFields(revoked)) return []
  return [{ op: 'add', path: '/spec/revoked/by', value: by }]
}

/** What admission writes into an AccessGrant's spec. On UPDATE it is copied: a grant never changes. */
export function stampGrant(before: Fields | undefined, requestUid: string, identity: Identity): readonly PatchOp[] {
  const reference = before?.['requestRef']
  const uid = isFields(reference) ? reference['uid'] : requestUid
  return [
    { op: 'add', path: '/spec/requestRef/uid', value: uid },
    { op: 'add', path: '/spec/grantedBy', value: before ? before['grantedBy'] : identity },
  ]
}

/**
 * For what this version cannot read. Where the schema cannot either, it refuses it with a better text; where it is newer and can,
 * it refuses what nobody has stamped.
 */
export function unstamped(object: unknown, field: 'author' | 'grantedBy'): readonly PatchOp[] {
  const spec = isFields(object) ? object['spec'] : undefined
  return isFields(spec) && Object.hasOwn(spec, field) ? [{ op: 'remove', path: `/spec/${field}` }] : []
}

/** What was stamped cannot be kept: an UPDATE that does not say what it changes must not be taken for a CREATE. */
export function withoutBefore(): Deny {
  return denied('E_REVIEW_INVALID', 'The review cannot be judged: request.oldObject lacks what was stamped')
}
