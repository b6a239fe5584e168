import type { KubeObject } from '../../cluster/client/resource.ts'

/** A rule of a Role or ClusterRole. The API server sends the rules of an aggregated ClusterRole in full. */
export interface RbacRule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs?: readonly string[]
}

/** A Role or ClusterRole, as the API server sends it. */
export interface RbacRole extends KubeObject {
  readonly rules?: readonly RbacRule[] | null
}

/** A RoleBinding or ClusterRoleBinding, as the API server sends it. */
export interface RbacBinding extends KubeObject {
  readonly roleRef?: { readonly kind: string; readonly name: string }
  readonly subjects?: readonly RbacSubject[] | null
}

export interface RbacSubject {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** A subject with the rules of one role that one binding gives it. */
export interface Holding {
  readonly subject: RbacSubject
  readonly binding: RbacBinding
  readonly rules: readonly RbacRule[]
}

/** A right to do one of some things. */
export interface Power {
  readonly verbs: readonly string[]
  readonly group: string
  /** Each is written as in RBAC, such as `pods/exec`. */
  readonly resources: readonly string[]
  /** The right counts only for objects of these names. Left out: it counts for any object. */
  readonly names?: readonly string[]
}

/** Joins roles and bindings. A binding of a role that does not exist gives nothing. */
export function holdings(roles: readonly RbacRole[], bindings: readonly RbacBinding[]): readonly Holding[] {
  const byName = new Map(roles.map((role) => [keyOf(role.kind, role.metadata.namespace, role.metadata.name), role]))
  return bindings.flatMap((binding) => {
    const { kind, name } = binding.roleRef ?? none
    const role = byName.get(keyOf(kind, kind === 'Role' ? binding.metadata.namespace : undefined, name))
    return (binding.subjects ?? []).map((subject) => ({ subject, binding, rules: role?.rules ?? [] }))
  })
}

const none = { kind: '', name: '' }

function keyOf(kind: string, namespace = '', name: string): string {
  return `${kind} ${namespace}/${name}`
}

/** Returns true if a rule gives a power, as the API server judges it (pkg/apis/rbac/v1/evaluation_helpers.go). */
export function gives(rule: RbacRule, power: Power): boolean {
  const { apiGroups = [], resourceNames = [] } = rule
  if (!apiGroups.some((group) => group === '*' || group === power.group)) return false
  if (!power.names?.some((name) => resourceNames.includes(name)) && power.names && resourceNames.length > 0)
    return false
  return power.resources.some(
    (resource) => isNamed(rule, resource) && power.verbs.some((verb) => hasVerb(rule, verb, resource)),
  )
}

// RBAC knows `*`, `pods/exec` and `*/exec`. It takes `pods/*` for the name of one subresource, so that gives nothing.
function isNamed({ resources = [] }: RbacRule, resource: string): boolean {
  const [, subresource] = resource.split('/')
  return resources.some(
    (one) => one === '*' || one === resource || (subresource !== undefined && one === `*/${subresource}`),
  )
}

// The authorizer does not see the name of a new object, nor one name for many. So a rule with names does not give these.
const nameless = ['create', 'deletecollection']

function hasVerb({ verbs = [], resourceNames = [] }: RbacRule, verb: string, resource: string): boolean {
  if (resourceNames.length > 0 && nameless.includes(verb) && !resource.includes('/')) return false
  return verbs.includes('*') || verbs.includes(verb)
}

/** Names a subject for people, such as `Group dev` or `ServiceAccount shop/ci`. */
export function subjectName({ kind, namespace, name }: RbacSubject): string {
  return kind === 'ServiceAccount' ? `${kind} ${namespace ?? ''}/${name}` : `${kind} ${name}`
}

/** Names the role and the binding that give a right, such as `ClusterRole edit by RoleBinding shop/dev`. */
export function bindingName({ kind, metadata: { namespace, name }, roleRef = none }: RbacBinding): string {
  return `${roleRef.kind} ${roleRef.name} by ${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}
