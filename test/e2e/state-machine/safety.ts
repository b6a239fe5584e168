import { canonicalJson } from '../../../src/decision/canonical-json.ts'
import { passName } from '../../../src/decision/pod/pass-name.ts'
import { madeFor, type ClusterState, type Role, type RoleBinding } from './cluster-state.ts'
import { requestsOf, type Model, type ModelRequest } from './model.ts'
import type { AccessPass } from '../../../src/api/kinds/access-pass.ts'
import { providedName } from '../../../src/api/provided-object.ts'

/**
 * Returns what is wrong at this moment. These rules hold at any time, also without a controller or while it works: RBAC
 * may linger, but is never too much.
 */
export function safetyWrongs(model: Model, state: ClusterState): readonly string[] {
  const byUid = new Map(requestsOf(model).map((request) => [request.uid, request]))
  return [
    ...state.requests.flatMap(({ metadata, spec }) =>
      byUid.get(metadata.uid)?.user === spec.requestor?.username ? [] : [`${metadata.name} is not who asked it`],
    ),
    ...state.bindings.flatMap((binding) => wrongsOfBinding(binding, model, byUid.get(madeFor(binding)))),
    ...state.roles.flatMap((role) => wrongsOfRole(role, model, byUid.get(madeFor(role)))),
    ...state.passes.flatMap((pass) => wrongsOfPass(pass, model)),
    ...wrongsOfUses(model, state, byUid),
  ]
}

function wrongsOfBinding(binding: RoleBinding, { deleted }: Model, request: ModelRequest | undefined): string[] {
  const { name } = binding.metadata
  const uid = madeFor(binding)
  if (request === undefined) return deleted.has(uid) ? [] : [`binding ${name} is for no request`]
  const { state, verdicts, user } = request
  const subjects = canonicalJson(binding.subjects.map(({ kind, name: who }) => [kind, who]))
  return [
    // An ended request may keep its binding until the controller comes, but it must have been granted before.
    ...(state === 'waiting' && verdicts.length === 0 ? [`${request.name} is not granted and has a binding`] : []),
    ...(subjects === canonicalJson([['User', user]]) ? [] : [`binding ${name} is for ${subjects}, not for ${user}`]),
    ...(name === providedName(uid) && binding.roleRef.kind === 'Role' && binding.roleRef.name === name
      ? []
      : [`binding ${name} gives ${binding.roleRef.kind} ${binding.roleRef.name}`]),
  ]
}

function wrongsOfRole({ metadata, rules, ...role }: Role, model: Model, request: ModelRequest | undefined): string[] {
  const uid = madeFor({ metadata, ...role })
  if (request === undefined) return model.deleted.has(uid) ? [] : [`role ${metadata.name} is for no request`]
  const given = rules.map(({ resources, resourceNames }) => [resources, resourceNames])
  const wanted = ['pods', 'pods/exec'].map((resource) => [[resource], [request.pod]])
  return canonicalJson(given) === canonicalJson(wanted)
    ? []
    : [`role ${metadata.name} gives ${canonicalJson(given)}, not ${canonicalJson(wanted)}`]
}

function wrongsOfPass({ metadata, spec }: AccessPass, model: Model): string[] {
  const { username, pod } = spec
  const misnamed =
    metadata.name === passName(username, pod) ? [] : [`pass ${metadata.name} is not named after whom it is for`]
  const strange = spec.requests.filter(({ uid, name }) => {
    const request = model.requests.get(name)
    if (request?.uid !== uid) return !model.deleted.has(uid)
    return request.user !== username || request.pod !== pod
  })
  return [...misnamed, ...strange.map(({ name }) => `the pass of ${username} for ${pod} lists ${name}`)]
}

/**
 * Returns what is wrong with the uses. Each use was let in, and each exec that a `once` request let in is a use. The
 * record of a use goes some time after its request. A step may take that long on a busy machine.
 */
function wrongsOfUses(model: Model, { uses }: ClusterState, byUid: ReadonlyMap<string, ModelRequest>): string[] {
  const recorded = new Map(uses.map(({ metadata, spec }) => [metadata.name, spec.request?.uid ?? '']))
  const ours = [...recorded].filter(([, uid]) => byUid.has(uid) || model.deleted.has(uid))
  return [
    ...ours.filter(([name]) => !model.used.has(name)).map(([name]) => `there is ${name}, and nobody was let in`),
    ...[...model.used]
      .filter((name) => !recorded.has(name) && !model.deleted.has(uidIn(name)))
      .map((name) => `${name} is not recorded any more`),
  ]
}

/** Returns the uid of the request from the name of a record of its use: `use-UID`, or `retry-UID`. */
function uidIn(record: string): string {
  return record.slice(record.indexOf('-') + 1)
}
