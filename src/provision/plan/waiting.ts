import { stagesOf } from '../../decision/challenge/challenge-kind.ts'
import { cut } from '../../api/printable.ts'
import { say } from '../../decision/text/sentence.ts'
import { kindOf } from '../access-kinds.ts'
import type { RequestFacts } from '../facts/request-facts.ts'
import { maxMessage } from '../facts/request-plan.ts'
import type { RequestVerdict } from './verdict.ts'

/** What a request waits for, for who asked and for those who could grant it. */
export function waitingFor(
  facts: RequestFacts,
  { message, until }: Extract<RequestVerdict, { verdict: 'waits' }>,
): string {
  const isReviewed = stagesOf(facts.template?.spec.challenges ?? []).length > 0 && until === undefined
  const grant = isReviewed ? `${waitsForGrant(facts)}: ` : ''
  return cut(grant + (message ?? ''), maxMessage)
}

/** The same of a request that was taken up: which digest its approvers quote. */
export function waitsForGrant(facts: RequestFacts): string {
  const { spec, status } = facts.request
  return say`waits for a grant of ${status?.shortDigest ?? ''}` + kindOf(spec).waitsFor(facts)
}
