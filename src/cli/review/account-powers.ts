import { fieldsOf } from '../../api/fields.ts'
import type { Binding } from '../../api/kinds/access/role-access.ts'
import { mayDo } from '../../cluster/client/access-review.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject, Resource } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { bindingText } from '../../decision/kinds/role/role-bindings.ts'
import { itemsOf } from '../../provision/shell/template/fields.ts'
import type { Line } from '../output/lines.ts'
import { inWords, isLoud, powersOfRules, tellingPowers, type TellingPower } from './telling-powers.ts'

interface Account {
  readonly namespace: string
  readonly name: string
}

/** Tells what a service account may do, as far as the user may see it: by its bindings, else by SubjectAccessReviews. */
export async function accountLines(client: Client, account: Account): Promise<readonly Line[]> {
  const [inNamespaces, inCluster] = await Promise.all([
    roleBindings(client, account.namespace),
    unlessForbidden(client.list(resources.ClusterRoleBinding).then(({ items }) => items)),
  ])
  const known = [...(inNamespaces ?? []), ...(inCluster ?? [])].filter((one) => binds(one, account) && !isForAll(one))
  const lines = await Promise.all(known.map((one) => bindingLine(client, one)))
  if (inNamespaces && inCluster) return lines.length > 0 ? lines : [['may', 'do no more than every account']]
  return [...lines, await reviewedLine(client, account, lines.length)]
}

/** Lists the bindings of all namespaces, or of this one if the user may list no more. */
async function roleBindings(client: Client, namespace: string): Promise<readonly KubeObject[] | undefined> {
  const all = await unlessForbidden(client.list(resources.RoleBinding))
  const seen = all ?? (await unlessForbidden(client.list(resources.RoleBinding, { namespace })))
  return seen?.items
}

const usernameOf = ({ namespace, name }: Account) => `system:serviceaccount:${namespace}:${name}`
const groupsOf = ({ namespace }: Account) => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
  'system:authenticated',
]

function binds(binding: KubeObject, account: Account): boolean {
  return itemsOf(fieldsOf(binding)['subjects']).some(({ kind, name, namespace }) => {
    if (kind === 'ServiceAccount') return name === account.name && namespace === account.namespace
    return kind === 'Group' ? groupsOf(account).includes(String(name)) : name === usernameOf(account)
  })
}

// Each cluster gives these to every account. They lead nowhere.
const forAll = [
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
  'sallyport-catalogue',
]

function isForAll(binding: KubeObject): boolean {
  const { kind, name } = fieldsOf(fieldsOf(binding)['roleRef'])
  // A Role may have such a name, too, and give anything.
  return kind === 'ClusterRole' && forAll.includes(String(name))
}

function bindingLine(client: Client, binding: KubeObject): Promise<Line> {
  const { kind, name } = fieldsOf(fieldsOf(binding)['roleRef'])
  const { namespace } = binding.metadata
  // RBAC has only these two kinds.
  const roleRef = { kind: kind === 'Role' ? 'Role' : 'ClusterRole', name: String(name) } as const
  return roleLine(client, { roleRef, ...(namespace !== undefined && { namespace }) })
}

/** Says what a bound role gives, and where. */
export async function roleLine(client: Client, binding: Binding): Promise<Line> {
  const { roleRef, namespace } = binding
  const resource: Resource = resources[roleRef.kind]
  const role = await unlessForbidden(client.get(resource, { name: roleRef.name, namespace }).then((one) => one ?? {}))
  const words = role ? powersOfRules(fieldsOf(role)['rules']) : 'you may not read this role'
  const text = bindingText(binding) + (words === undefined ? '' : `: ${words}`)
  return words !== undefined && role && isLoud(words) ? ['may', text, 'loud'] : ['may', text]
}

const missingRight =
  'that takes the right to list RoleBindings and ClusterRoleBindings, or to create SubjectAccessReviews'

/** Asks the API server's authorizers for each telling power, in the namespace of the account. */
async function reviewedLine(client: Client, account: Account, seen: number): Promise<Line> {
  const user = { username: usernameOf(account), groups: groupsOf(account) }
  const signal = AbortSignal.timeout(reviewsMs)
  const ask = (power: TellingPower) =>
    mayDo(client, user, { ...attributesOf(power), namespace: account.namespace }, signal)
  const held = await unlessForbidden(
    Promise.all(tellingPowers.map(async (power) => ((await ask(power)) ? [power] : []))),
  )
  if (!held) return ['may', `you may not see ${seen > 0 ? 'more of ' : ''}what it may do: ${missingRight}`]
  const words = inWords(held.flat())
  if (words === undefined) return ['may', `none of the telling things in namespace ${account.namespace}`]
  const text = `in namespace ${account.namespace}: ${words}`
  return isLoud(words) ? ['may', text, 'loud'] : ['may', text]
}

const reviewsMs = 5_000

function attributesOf({ verb, group, resource, subresource }: TellingPower): Parameters<typeof mayDo>[2] {
  return { verb, group, resource, ...(subresource !== undefined && { subresource }) }
}
