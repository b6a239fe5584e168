import { stagesOf } from '../../decision/challenge/challenge-kind.ts'
import { cut } from '../../api/printable.ts'
import { kindOf } from '../access-kinds.ts'
import type { RequestFacts } from '../facts/request-facts.ts'
import { maxMessage } from '../facts/request-plan.ts'
import type { RequestVerdict } from './verdict.ts'

/** Returns what a request waits for. The requestor reads it, and so do those who could grant it. */
export function waitingFor(
  facts: RequestFacts,
  { message, until }: Extract<RequestVerdict, { verdict: 'waits' }>,
): string {
  const { templateRef } = facts.request.spec
  const isReviewed = !templateRef || stagesOf(facts.template?.spec.challenges ?? []).length > 0
  const grant = isReviewed && until === undefined ? `${waitsForGrant(facts)}: ` : ''
  return cut(grant + (message ?? ''), maxMessage)
}

/** Returns the same for a request that was taken up. It names no digest: an approver must look at the request. */
export function waitsForGrant(facts: RequestFacts): string {
  return `waits for approval${kindOf(facts.request.spec).waitsFor(facts)}`
}
