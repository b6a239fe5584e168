import { isFields } from '../../api/fields.ts'
type Labels = Readonly<Record<string, string>>

interface Requirement {
  readonly key?: unknown
  readonly operator?: unknown
  readonly values?: unknown
}

/**
 * True if a workload's `spec.selector` selects an object with these labels. The selector is a metav1.LabelSelector, or
 * the plain map of a ReplicationController or a DeploymentConfig. A kind without this field says nothing about labels,
 * so it selects all.
 */
export function selects(selector: unknown, labels: Labels): boolean {
  if (!isFields(selector)) return true
  const { matchLabels, matchExpressions } = selector
  if (matchLabels === undefined && matchExpressions === undefined) return hasAll(selector, labels)
  const requirements: readonly unknown[] = Array.isArray(matchExpressions) ? matchExpressions : []
  return hasAll(isFields(matchLabels) ? matchLabels : {}, labels) && requirements.every((one) => meets(one, labels))
}

function hasAll(wanted: Readonly<Record<string, unknown>>, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
}

/** The rule of each operator, as in the API server. NotIn also selects an object that lacks the label. */
const operators = new Map<unknown, (value: string | undefined, values: readonly unknown[]) => boolean>([
  ['In', (value, values) => value !== undefined && values.includes(value)],
  ['NotIn', (value, values) => value === undefined || !values.includes(value)],
  ['Exists', (value) => value !== undefined],
  ['DoesNotExist', (value) => value === undefined],
])

function meets(requirement: unknown, labels: Labels): boolean {
  if (!isFields(requirement)) return false
  const { key, operator, values }: Requirement = requirement
  const value = typeof key === 'string' && Object.hasOwn(labels, key) ? labels[key] : undefined
  return operators.get(operator)?.(value, Array.isArray(values) ? values : []) ?? false
}
