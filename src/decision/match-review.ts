import type { Review } from '../api/review/admission-review.ts'
import type { MatchRule } from '../api/review/match.ts'

/**
 * Whether a review is of what a webhook listens to. The API server sends nothing else, unless somebody has changed the
 * webhook configuration: then a webhook that stamps would let in what it knows nothing of.
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
