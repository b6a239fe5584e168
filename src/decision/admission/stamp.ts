import { isFields, type Fields } from '../../api/fields.ts'
import type { UserInfo } from '../../api/review/admission-review.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import { denied, type Deny, type PatchOp } from '../decision.ts'

// The bounds of the schema of Identity. RBAC for the access names the user, and does not need groups.
const maxGroups = 256
const maxGroupLength = 512
const maxGroupCharacters = 12_288

/**
 * The login in the form in which it is stamped. `extra` holds only the keys that the config names. Tokens of a login
 * change, and nobody else should see them.
 * @param mattering The groups that something depends on. If not all groups fit, these are kept.
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
 * Returns the changes that admission makes to an AccessRequest's spec.
 *
 * On CREATE the requestor is the login, and nothing is revoked yet. On UPDATE all stamps are copied from the object
 * before. So anybody can apply the same file again, with any client, and this does not change the requestor or undo a
 * revocation. Only a new revocation is stamped with the login.
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

/**
 * Returns the changes that admission makes to an AccessGrant's spec. On UPDATE the stamps are copied: a grant never
 * changes.
 */
export function stampGrant(before: Fields | undefined, requestUid: string, identity: Identity): readonly PatchOp[] {
  const reference = before?.['requestRef']
  const uid = isFields(reference) ? reference['uid'] : requestUid
  return [
    { op: 'add', path: '/spec/requestRef/uid', value: uid },
    { op: 'add', path: '/spec/grantedBy', value: before ? before['grantedBy'] : identity },
  ]
}

/**
 * Removes the stamp from an object that this version cannot read. If the schema cannot read it either, the schema
 * refuses it with a better text. If the schema is newer and can read it, it refuses an object without a stamp.
 */
export function unstamped(object: unknown, field: 'author' | 'grantedBy'): readonly PatchOp[] {
  const spec = isFields(object) ? object['spec'] : undefined
  return isFields(spec) && Object.hasOwn(spec, field) ? [{ op: 'remove', path: `/spec/${field}` }] : []
}

/** Denies an UPDATE without the object before: the stamps cannot be kept, and it must not be taken for a CREATE. */
export function withoutBefore(): Deny {
  return denied('E_REVIEW_INVALID', 'The review cannot be judged: request.oldObject lacks the stamped fields')
}
