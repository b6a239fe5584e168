import type { ClusterFacts } from './cluster-facts.ts'
import { findingsOf, severities, type Finding, type RuleText } from './finding.ts'
import { unknownHoldings } from './known-holders.ts'
import { holdings } from './rights.ts'
import { powerFindings } from './rules/power-findings.ts'
import { powerRules } from './rules/power-rules.ts'
import { stateRules } from './rules/state-rules.ts'

/** The rule of the canary. */
export const canaryRule: RuleText = {
  id: 'canary',
  severity: 'critical',
  finds: 'an identity without access came in. Only `--canary` looks for it',
  remedy: 'See what else was found: enforcement, the webhook configuration, or a namespace that is left out.',
}

/** Every rule of the doctor, the worst first. docs/doctor.md is made from it. */
export const allRules: readonly RuleText[] = [canaryRule, ...stateRules, ...powerRules].toSorted(
  (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity),
)

/** Returns all findings about a cluster, the worst first. */
export function findings(facts: ClusterFacts): readonly Finding[] {
  const found = [...stateRules.flatMap((rule) => findingsOf(rule, rule.find(facts))), ...ofRights(facts)]
  const order = allRules.map(({ id }) => id)
  return found.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
}

function ofRights({ roles, bindings, requests = [], config }: ClusterFacts): readonly Finding[] {
  if (!roles || !bindings) return []
  return powerFindings(unknownHoldings(holdings(roles, bindings), new Set(requests)), config?.excludedNamespaces ?? [])
}
