import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { stagesOf } from '../../decision/challenge/challenge-kind.ts'
import { scopeOf } from '../../decision/kinds/exec-scope.ts'
import { cut } from '../../api/printable.ts'
import { say } from '../../decision/text/sentence.ts'
import type { BoundRoles } from '../../decision/digest.ts'
import { rolesText } from '../role/role-objects.ts'
import { maxMessage, type Facts } from '../facts/request-plan.ts'
import type { Verdict } from './verdict.ts'

/** What a request waits for, for who asked and for those who could grant it. */
export function waitingFor(
  { request, template }: Facts,
  { message, until }: Extract<Verdict, { verdict: 'waits' }>,
): string {
  const isReviewed = stagesOf(template?.spec.challenges ?? []).length > 0 && until === undefined
  const { shortDigest = '', bindings } = request.status ?? {}
  const roles = bindings && { bindings }
  const grant = isReviewed ? `${waitsForGrant(request, template, shortDigest, roles)}: ` : ''
  return cut(grant + (message ?? ''), maxMessage)
}

/** @param roles that it would be bound to, where it is about roles */
export function waitsForGrant(
  { spec }: AccessRequest,
  template: Facts['template'],
  shortDigest: string,
  roles: BoundRoles | undefined,
): string {
  const waits = say`waits for a grant of ${shortDigest}`
  if (roles) return `${waits}, for ${rolesText(roles)}`
  // Loudly, for who approves.
  return waits + (scopeOf(spec, template)?.commands ? '' : ', for ANY command')
}
