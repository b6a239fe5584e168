import { stagesOf } from '../../decision/challenge/challenge-kind.ts'
import { countReviews } from '../../decision/challenge/peer-review.ts'
import { say } from '../../decision/text/sentence.ts'
import type { RequestFacts } from '../facts/request-facts.ts'

/** Returns the people whose approval a new request needs, in words; undefined if nobody must approve it. */
export function approversOf({ request, template }: RequestFacts): string | undefined {
  const { metadata, spec } = request
  if (!spec.templateRef) return say`an approver of namespace ${metadata.namespace}`
  return countReviews(stagesOf(template?.spec.challenges ?? []), [], spec.requestor ?? { username: '' }).needed
}
