import type { BreakGlassSubject } from '../api/subject.ts'
import type { IdentityPolicy } from '../decision/identity.ts'
import { celString, celStrings } from './cel.ts'

/**
 * CEL for who breaks the glass: the twin of src/decision/gate/break-glass.ts, for the API server to hold while the gate is down.
 * Undefined where the config names nobody.
 *
 * By name alone: to ask RBAC would let in every cluster-admin, who holds `*`. Total, so that it never fails.
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
  // Admission sees only who is impersonated; what `--as` and `--as-group` don't carry over is the proof of the login.
  const extras = proofKeys.map((key) => `request.userInfo.?extra[?${celString(key)}].hasValue()`)
  const hasUid = "request.userInfo.?uid.orValue('') != ''"
  return `${anyOf(named)} && ${anyOf([hasUid, ...extras])}`
}

function anyOf(terms: readonly string[]): string {
  return `(${terms.join(' || ')})`
}
