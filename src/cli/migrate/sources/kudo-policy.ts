import { binderLabel } from '../../../api/installation.ts'
import { apiVersion } from '../../../api/kinds/kind.ts'
import type { Subject } from '../../../api/subject.ts'
import type { Reader } from '../read/reader.ts'
import { groupsOf, type Context, type Made, type Source } from '../source.ts'
import { offeredDuration } from './durations.ts'
import { kudoChallenges } from './kudo-challenges.ts'
import { plainGrants, type Grant } from './kudo-grants.ts'
import { gatedRights } from './kudo-rights.ts'
import { plainSubject } from './kudo-subjects.ts'
import { metadataOf } from './metadata.ts'

const rbac = 'rbac.authorization.k8s.io'

/** The end of the name of the template for requests that name no namespace, if the grants then differ in theirs. */
export const defaultSuffix = '-default'

/** kudo's offer of roles for a time. */
export const kudoPolicy: Source = {
  system: 'kudo',
  groups: groupsOf.kudo,
  kind: 'EscalationPolicy',
  becomes: 'ClusterAccessTemplate with `access.role`, and a ClusterRole that lets Sallyport bind the roles',
  fields: [
    {
      from: 'spec.subjects',
      to: 'spec.subjects',
      how: 'only `User` and `Group`: kudo never matched another kind. Groups such as system:authenticated name no service accounts in Sallyport.',
    },
    {
      from: 'spec.challenges',
      to: 'spec.challenges[].peerReview',
      how: 'kudo read them and asked nobody. `PeerReview` becomes a review by one person. So does any other challenge with reviewers, and the report says what it lost. One without reviewers becomes an expression that is false, so that nobody gets in until you replace it.',
    },
    { from: 'spec.target.defaultDuration', to: 'spec.duration.default' },
    { from: 'spec.target.maxDuration', to: 'spec.duration.max' },
    { from: 'spec.target.grants[].kind', how: 'only `KubernetesRoleBinding`; kudo knows no other' },
    { from: 'spec.target.grants[].roleRef', to: 'spec.access.role.bindings[].roleRef' },
    {
      from: 'spec.target.grants[].allowedNamespaces',
      to: 'spec.namespaces.matchNames',
      how: 'The namespaces that all grants allow. A person asks in one of them.',
    },
    {
      from: 'spec.target.grants[].defaultNamespace',
      to: 'spec.namespaces.matchNames',
      how: 'If the grants have several default namespaces, a second template binds each role in its own. Its name ends in `-default`.',
    },
  ],
  convert(object, context) {
    const { namespace: _none, ...metadata } = metadataOf(object)
    const spec = object.object('spec')
    const target = spec.object('target')
    const grants = plainGrants(target)
    tellGated(grants, context)
    const common = {
      subjects: subjectsOf(spec),
      duration: offeredDuration(target, { default: 'defaultDuration', max: 'maxDuration' }),
      ...kudoChallenges(spec),
    }
    const templates = templatesFor(grants, target).map(({ suffix, ...roles }) => ({
      apiVersion,
      kind: 'ClusterAccessTemplate',
      metadata: { ...metadata, name: `${metadata.name ?? ''}${suffix}` },
      spec: { ...common, ...roles },
    }))
    return { objects: [binder(metadata.name ?? '', grants), ...templates] }
  },
}

function subjectsOf(spec: Reader): readonly Subject[] {
  const subjects = spec.objects('subjects').flatMap((subject) => plainSubject(subject, 'asked'))
  if (subjects.length === 0) spec.refuse('subjects', 'it names no user and no group, so nobody may ask')
  return subjects
}

interface Roles {
  readonly suffix: '' | typeof defaultSuffix
  readonly namespaces: { readonly matchNames: readonly string[] }
  readonly access: object
}

function templatesFor(grants: readonly Grant[], target: Reader): readonly Roles[] {
  if (grants.length === 0) target.refuse('grants', 'it has none, so there is nothing to give')
  const [first, ...others] = grants
  if (!first) return []
  const shared = first.allowed.filter((namespace) => others.every(({ allowed }) => allowed.includes(namespace)))
  for (const grant of grants) tellUnshared(grant, shared)
  const home = others.every(({ byDefault }) => byDefault === first.byDefault) ? first.byDefault : undefined
  const names = [...new Set([...shared, ...(home === undefined ? [] : [home])])]
  const bindings = grants.map(({ roleRef }) => ({ roleRef }))
  const found = [
    ...(names.length > 0 ? [rolesIn(names, '', bindings)] : []),
    ...(home === undefined ? atHome(grants) : []),
  ]
  if (found.length === 0) target.refuse('grants', 'no namespace allows all of them')
  return found
}

/** Returns the roles for requests that name no namespace, if the grants differ in their default. */
function atHome(grants: readonly Grant[]): readonly Roles[] {
  const homes = grants.flatMap(({ byDefault }) => (byDefault === undefined ? [] : [byDefault]))
  const [home] = homes
  if (home === undefined || homes.length < grants.length) return []
  const bindings = grants.map(({ roleRef, byDefault = home }) => ({ roleRef, namespaces: [byDefault] }))
  return [rolesIn([home], defaultSuffix, bindings)]
}

function rolesIn(matchNames: readonly string[], suffix: Roles['suffix'], bindings: readonly object[]): Roles {
  return { suffix, namespaces: { matchNames }, access: { role: { bindings } } }
}

// kudo gives all grants in one namespace.
function tellUnshared({ reader, allowed }: Grant, shared: readonly string[]): void {
  for (const [index, namespace] of allowed.entries()) {
    if (shared.includes(namespace)) continue
    reader.tellItem('allowedNamespaces', index, {
      effect: 'Differs',
      why: 'another grant does not allow it, so kudo refuses a request that names it',
    })
  }
}

function tellGated(grants: readonly Grant[], context: Context): void {
  for (const { reader, roleRef } of grants) {
    const rights = gatedRights(roleRef, context)
    if (rights.length === 0) continue
    reader.tell('roleRef', {
      effect: 'Differs',
      why: `the role gives ${rights.join(', ')}, and the gate still stops these, whatever RBAC allows`,
      remedy:
        'People ask for the pod, with this subresource. Or offer the pods of a workload by a template with access.exec',
      command: 'kubectl access request exec --help',
    })
  }
}

// Sallyport binds only roles that an administrator lists.
function binder(name: string, grants: readonly Grant[]): Made {
  const rules = (['Role', 'ClusterRole'] as const).flatMap((kind) => {
    const names = grants.filter(({ roleRef }) => roleRef.kind === kind).map(({ roleRef }) => roleRef.name)
    const resources = [kind === 'Role' ? 'roles' : 'clusterroles']
    return names.length === 0
      ? []
      : [{ apiGroups: [rbac], resources, resourceNames: [...new Set(names)], verbs: ['bind'] }]
  })
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: `sallyport-binds-${name}`, labels: { [binderLabel]: 'true' } },
    rules,
  }
}
