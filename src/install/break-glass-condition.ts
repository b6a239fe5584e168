import type { BreakGlassSubject } from '../api/subject.ts'
import type { IdentityPolicy } from '../decision/identity.ts'
import { celString, celStrings } from './cel.ts'

/**
 * Returns CEL that is true for the subjects who may break the glass, or undefined if the config names none. It is the
 * twin of src/decision/gate/break-glass.ts, and the API server evaluates it while the gate is down.
 *
 * It goes by name only: RBAC would let in every cluster-admin, who holds `*`. It is total, so that it never fails.
 */
export function breakGlassCondition(
  subjects: readonly BreakGlassSubject[],
  { impersonation, proofKeys }: IdentityPolicy,
): string | undefined {
  const namesOf = (kind: BreakGlassSubject['kind']): readonly string[] =>
    subjects.filter((subject) => subject.kind === kind).map(({ name }) => name)
  const [users, groups] = [namesOf('User'), namesOf('Group')]
  const named = [
    ...(users.length > 0 ? [`request.userInfo.username in ${celStrings(users)}`] : []),
    ...(groups.length > 0
      ? [`request.userInfo.?groups.orValue([]).exists(group, group in ${celStrings(groups)})`]
      : []),
  ]
  if (named.length === 0) return undefined
  if (impersonation === 'Record') return anyOf(named)
  // Admission sees only the impersonated user. `--as` and `--as-group` do not carry over the proof of the login.
  const extras = proofKeys.map((key) => `request.userInfo.?extra[?${celString(key)}].hasValue()`)
  const hasUid = "request.userInfo.?uid.orValue('') != ''"
  return `${anyOf(named)} && ${anyOf([hasUid, ...extras])}`
}

function anyOf(terms: readonly string[]): string {
  return `(${terms.join(' || ')})`
}
