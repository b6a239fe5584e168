import { placeholders } from '../../../api/kinds/access-template-spec.ts'
import type { WorkloadRef } from '../../../api/kinds/workload-ref.ts'
import { installation } from '../../../api/installation.ts'
import type { Reader } from '../read/reader.ts'
import type { Converted, FieldRow, Made } from '../source.ts'
import { offeredDuration } from './durations.ts'

/** The lines of docs/migrate.md that both templates of Oz share. */
export const ozTemplateRows: readonly FieldRow[] = [
  {
    from: 'spec.accessConfig.allowedGroups',
    to: 'spec.subjects',
    how: 'In Oz everybody of these groups gets each access. In Sallyport they may ask, and the access is for the person who asked.',
  },
  {
    from: 'spec.accessConfig.defaultDuration',
    to: 'spec.duration.default',
    how: '1h if it is left out. It is cut to maxDuration.',
  },
  {
    from: 'spec.accessConfig.maxDuration',
    to: 'spec.duration.max',
    how: '24h if it is left out. Sallyport refuses a longer request, and Oz shortens it.',
  },
  {
    from: 'spec.accessConfig.accessCommand',
    to: 'spec.accessMessage',
    how: 'Only `.Metadata.Namespace` and `.Metadata.Name` have an equal. With anything else Sallyport shows its own command.',
  },
]

/** Reads `spec.accessConfig` of a template of Oz. */
export function accessConfig(spec: Reader): object {
  const config = spec.object('accessConfig')
  if (!spec.has('accessConfig')) spec.refuse('accessConfig', 'it is missing, so nobody may ask')
  const groups = config.texts('allowedGroups') ?? []
  if (spec.has('accessConfig') && groups.length === 0) config.refuse('allowedGroups', 'it is empty, so nobody may ask')
  const duration = offeredDuration(
    config,
    { default: 'defaultDuration', max: 'maxDuration' },
    { default: '1h', max: '24h' },
  )
  return {
    subjects: groups.map((name) => ({ kind: 'Group', name })),
    duration,
    ...messageOf(config),
  }
}

const ours = new RegExp(String.raw`^([^{]|[{][^{]|[{][{](${placeholders.join('|')})[}][}])*$`)

function messageOf(config: Reader): { readonly accessMessage?: string } {
  const accessMessage = config
    .text('accessCommand')
    ?.replaceAll(/\{\{-?\s*\.Metadata\.Namespace\s*-?\}\}/g, '{{namespace}}')
    .replaceAll(/\{\{-?\s*\.Metadata\.Name\s*-?\}\}/g, '{{pod}}')
  if (accessMessage === undefined || accessMessage === '') return {}
  if (ours.test(accessMessage)) return { accessMessage }
  config.tell('accessCommand', {
    effect: 'NoEqual',
    why: `an accessMessage knows only {{${placeholders.join('}}, {{')}}}`,
    remedy: 'Write spec.accessMessage with these, or leave it out: Sallyport then shows the command of each access',
  })
  return {}
}

interface Targets {
  readonly kinds: readonly string[]
  /** The group, if the kind is not built into Sallyport. */
  readonly group?: string
}

const targets = new Map<string, Targets>([
  ['apps/v1', { kinds: ['Deployment', 'DaemonSet', 'StatefulSet'] }],
  ['argoproj.io/v1alpha1', { kinds: ['Rollout'], group: 'argoproj.io' }],
])

/** Returns the field that names the workload. The README of Oz has an older name of it. */
export function targetField(spec: Reader): 'controllerTargetRef' | 'targetRef' {
  return spec.has('targetRef') && !spec.has('controllerTargetRef') ? 'targetRef' : 'controllerTargetRef'
}

/** Reads the workload of a template of Oz. */
export function ozTarget(spec: Reader): { readonly ref: WorkloadRef; readonly needs: Converted } {
  if (!spec.has(targetField(spec))) {
    spec.refuse('controllerTargetRef', 'it is missing')
    return { ref: { kind: '', name: '' }, needs: {} }
  }
  const target = spec.object(targetField(spec))
  const [apiVersion, kind, name] = [target.need('apiVersion'), target.need('kind'), target.need('name')]
  const known = targets.get(apiVersion)
  if (apiVersion !== '' && kind !== '' && !known?.kinds.includes(kind)) {
    target.refuse('kind', 'Oz finds no such kind in this apiVersion, so no access came of it')
  }
  if (known?.group === undefined) return { ref: { kind, name }, needs: {} }
  return { ref: { kind, group: known.group, name }, needs: rolloutNeeds }
}

const rbac = 'rbac.authorization.k8s.io'
const reads = 'sallyport-reads-rollouts'

// Sallyport reads a kind that is not built in only if the config lists it and RBAC lets it.
const rolloutNeeds: { readonly objects: readonly Made[]; readonly config: NonNullable<Converted['config']> } = {
  config: {
    workloads: [
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', plural: 'rollouts', workloadRef: 'spec.workloadRef' },
    ],
  },
  objects: [
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: reads },
      rules: [{ apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: reads },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: reads },
      subjects: [{ kind: 'ServiceAccount', name: installation.serviceAccount, namespace: installation.namespace }],
    },
  ],
}
