import type { Review } from '../api/review/admission-review.ts'
import type { MatchRule } from '../api/review/match.ts'

/**
 * True if a webhook listens to what a review is about. The API server sends nothing else, unless somebody has changed
 * the webhook configuration. Then a webhook that stamps would let in things that it does not know.
 */
export function isMatched(
  { operation, resource, subResource, namespace }: Review,
  rules: readonly MatchRule[],
): boolean {
  const { group, version, resource: plural } = resource
  const named = subResource ? `${plural}/${subResource}` : plural
  return rules.some(
    (rule) =>
      rule.operations.some((one) => one === operation) &&
      rule.apiGroups.includes(group) &&
      (rule.apiVersions.includes('*') || rule.apiVersions.includes(version)) &&
      rule.resources.includes(named) &&
      (rule.scope === '*' || (rule.scope === 'Namespaced') === Boolean(namespace)),
  )
}
