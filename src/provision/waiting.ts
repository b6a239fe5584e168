import type { AccessRequest } from '../api/kinds/access-request.ts'
import { stagesOf } from '../decision/challenge/challenge-kind.ts'
import { scopeOf } from '../decision/exec-scope.ts'
import { cut, say } from '../decision/sentence.ts'
import { maxMessage, type Facts } from './request-plan.ts'
import type { Verdict } from './verdict.ts'

/** What a request waits for, for who asked and for those who could grant it. */
export function waitingFor(
  { request, template }: Facts,
  { message, until }: Extract<Verdict, { verdict: 'waits' }>,
): string {
  const isReviewed = stagesOf(template?.spec.challenges ?? []).length > 0 && until === undefined
  const { shortDigest = '' } = request.status ?? {}
  const grant = isReviewed ? `${waitsForGrant(request, template, shortDigest)}: ` : ''
  return cut(grant + (message ?? ''), maxMessage)
}

export function waitsForGrant({ spec }: AccessRequest, template: Facts['template'], shortDigest: string): string {
  // Loudly, for who approves.
  const anyCommand = scopeOf(spec, template)?.commands ? '' : ', for ANY command'
  return say`waits for a grant of ${shortDigest}` + anyCommand
}
