import { installation } from '../../../api/installation.ts'
import { findingsOf, type Finding, type Found } from '../finding.ts'
import { bindingName, gives, subjectName, type Holding, type Power } from '../rights.ts'
import { everything, powerRules, type PowerRule } from './power-rules.ts'

/**
 * Returns a finding for each holder of a power, with each role and binding that gives it.
 * @param excluded the namespaces for which the API server does not ask the gate
 */
export function powerFindings(held: readonly Holding[], excluded: readonly string[]): readonly Finding[] {
  const all = held.filter(isEverything)
  const others = held.filter((holding) => !isEverything(holding))
  return powerRules.flatMap((rule) => {
    if (rule.id === 'administrators') return findingsOf(rule, bySubject(all).map(foundOf))
    const counting = others.filter(({ binding }) => counts(rule.scope, binding.metadata.namespace, excluded))
    const giving = bySubject(counting).map((one) => givingOf(one, rule))
    return findingsOf(rule, giving.filter((one) => one.length > 0).map(foundOf))
  })
}

function isEverything({ binding, rules }: Holding): boolean {
  return binding.kind === 'ClusterRoleBinding' && rules.some((rule) => gives(rule, everything))
}

/** @param namespace that of the binding; undefined for a ClusterRoleBinding, which counts everywhere */
function counts(scope: PowerRule['scope'], namespace: string | undefined, excluded: readonly string[]): boolean {
  if (namespace === undefined) return true
  switch (scope) {
    case 'cluster':
      return false
    case 'own':
      return namespace === installation.namespace
    case 'gated':
      return !excluded.includes(namespace)
  }
}

/** Returns the holdings of one subject that give the power of a rule, at least in some namespace. */
function givingOf(held: readonly Holding[], { powers }: PowerRule): readonly Holding[] {
  const places = [...new Set(held.map(({ binding }) => binding.metadata.namespace))]
  const giving = places.flatMap((place) => {
    const there = held.filter(({ binding: { metadata } }) => [undefined, place].includes(metadata.namespace))
    return powers.flatMap((together) => givingAll(there, together))
  })
  return held.filter((holding) => giving.includes(holding))
}

/** Returns the holdings that give these powers together, or none if they do not give them all. */
function givingAll(held: readonly Holding[], together: readonly Power[]): readonly Holding[] {
  const each = together.map((power) => held.filter(({ rules }) => rules.some((rule) => gives(rule, power))))
  return each.every((givers) => givers.length > 0) ? each.flat() : []
}

function bySubject(held: readonly Holding[]): readonly (readonly Holding[])[] {
  return [...Map.groupBy(held, ({ subject }) => subjectName(subject)).values()]
}

/** Tells of one subject: it may hold a power by many bindings, such as one in each namespace. */
function foundOf(held: readonly Holding[]): Found {
  const [first] = held
  const rule = [...new Set(held.map(({ binding }) => bindingName(binding)))].join(', ')
  return { subject: first ? subjectName(first.subject) : '', rule }
}
