import { challengesOf } from '../../decision/admission/direct-rules.ts'
import { stagesOf } from '../../decision/challenge/challenge-kind.ts'
import { countReviews } from '../../decision/challenge/peer-review.ts'
import { say } from '../../decision/text/sentence.ts'
import type { RequestFacts } from '../facts/request-facts.ts'
import type { ResolvePolicy } from '../facts/request-plan.ts'

/** Returns the people whose approval a new request needs, in words; undefined if nobody must approve it. */
export function approversOf({ request, template }: RequestFacts, { direct }: ResolvePolicy): string | undefined {
  const { metadata, spec } = request
  const stages = stagesOf(challengesOf(request, template, direct))
  if (!spec.templateRef && stages.length === 0) return say`an approver of namespace ${metadata.namespace}`
  return countReviews(stages, [], spec.requestor ?? { username: '' }).needed
}
