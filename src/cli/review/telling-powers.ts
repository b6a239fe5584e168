import type { Fields } from '../../api/fields.ts'
import { itemsOf } from '../../provision/shell/template/fields.ts'

/** A power that an approver should know of. RBAC grants it by a verb on a resource. */
export interface TellingPower {
  readonly says: string
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
}

const rbac = 'rbac.authorization.k8s.io'

/** The powers that lead further than the pod, the strongest first. */
export const tellingPowers: readonly TellingPower[] = [
  { says: 'EVERYTHING', verb: '*', group: '*', resource: '*' },
  { says: 'GIVES RIGHTS', verb: 'escalate', group: rbac, resource: 'clusterroles' },
  { says: 'GIVES RIGHTS', verb: 'escalate', group: rbac, resource: 'roles' },
  { says: 'GIVES RIGHTS', verb: 'bind', group: rbac, resource: 'clusterroles' },
  { says: 'IMPERSONATES', verb: 'impersonate', group: '', resource: 'users' },
  { says: 'IMPERSONATES', verb: 'impersonate', group: '', resource: 'serviceaccounts' },
  { says: 'REACHES NODES', verb: 'get', group: '', resource: 'nodes', subresource: 'proxy' },
  { says: 'reads Secrets', verb: 'get', group: '', resource: 'secrets' },
  { says: 'reads Secrets', verb: 'list', group: '', resource: 'secrets' },
  { says: 'makes tokens', verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' },
  { says: 'creates pods', verb: 'create', group: '', resource: 'pods' },
  { says: 'enters pods', verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
  { says: 'changes workloads', verb: 'patch', group: 'apps', resource: 'deployments' },
  {
    says: 'changes webhooks',
    verb: 'patch',
    group: 'admissionregistration.k8s.io',
    resource: 'validatingwebhookconfigurations',
  },
  { says: 'approves requests', verb: 'create', group: 'access.sallyport.dev', resource: 'accessgrants' },
]

/**
 * Tells in a few words which of these powers RBAC rules give: `reads Secrets, creates pods`.
 * @param rules the rules of a Role or ClusterRole
 * @returns undefined if they give none of them
 */
export function powersOfRules(rules: unknown): string | undefined {
  return inWords(tellingPowers.filter((power) => itemsOf(rules).some((rule) => gives(rule, power))))
}

/** Writes powers in a few words. One who may do everything may also do the rest. */
export function inWords(powers: readonly TellingPower[]): string | undefined {
  const says = [...new Set(powers.map((power) => power.says))]
  return says[0] === tellingPowers[0]?.says ? says[0] : says.join(', ') || undefined
}

/** True if the words tell of a power over the cluster. */
export function isLoud(words: string): boolean {
  return /[A-Z]{4}/.test(words)
}

function gives(rule: Fields, { verb, group, resource, subresource }: TellingPower): boolean {
  const resources = subresource === undefined ? [resource] : [`${resource}/${subresource}`, `*/${subresource}`]
  const holds = (field: string, wanted: readonly string[]) =>
    listOf(rule[field]).some((one) => one === '*' || wanted.includes(one))
  return holds('verbs', [verb]) && holds('apiGroups', [group]) && holds('resources', resources)
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
