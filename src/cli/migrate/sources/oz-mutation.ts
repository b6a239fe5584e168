import type { Keepable } from '../../../api/kinds/access/shell-mutation.ts'
import type { Told } from '../note.ts'
import type { Reader } from '../read/reader.ts'
import type { FieldRow } from '../source.ts'
import { filled } from './filled.ts'

const field = 'controllerTargetMutationConfig'
const at = `spec.${field}`
const mutate = 'spec.access.shell.mutate'

/** The flags of Oz that keep a field of the workload, and the word of Sallyport for it. */
const keeps: Readonly<Record<string, Keepable>> = {
  keepLivenessProbe: 'livenessProbe',
  keepReadinessProbe: 'readinessProbe',
  keepStartupProbe: 'startupProbe',
  keepTopologySpreadConstraints: 'topologySpreadConstraints',
}

// The pod of Oz runs as the workload does. Sallyport gives a pod no account unless its template says so.
const alwaysKept: readonly Keepable[] = ['serviceAccountName', 'automountServiceAccountToken']

/** The lines of docs/migrate.md about the changes to the pod. */
export const ozMutationRows: readonly FieldRow[] = [
  {
    from: at,
    to: mutate,
    how: 'Without it, Oz keeps probes and labels. Sallyport then keeps the probes. It never keeps labels, so no Service sends traffic to the pod.',
  },
  { from: `${at}.defaultContainerName`, to: 'spec.access.shell.container' },
  ...Object.entries(keeps).map(([flag, kept]) => ({
    from: `${at}.${flag}`,
    to: `${mutate}.keep`,
    how: `\`${kept}\`${kept.endsWith('Probe') ? ', for all containers of the pod' : ''}`,
  })),
  { from: `${at}.keepTerminationGracePeriod`, how: 'Sallyport gives a shell pod a second to end.' },
  { from: `${at}.purgeAnnotations`, to: `${mutate}.purge`, how: '`annotations`' },
  { from: `${at}.podAnnotations`, to: `${mutate}.annotations` },
  {
    from: `${at}.podLabels`,
    to: `${mutate}.labels`,
    how: 'Sallyport refuses a label that the workload has, too: a Service could select the pod by it.',
  },
  { from: `${at}.nodeSelector`, to: `${mutate}.nodeSelector` },
  { from: `${at}.command`, to: `${mutate}.command` },
  { from: `${at}.args`, to: `${mutate}.args` },
  { from: `${at}.env`, to: `${mutate}.env`, how: 'If a name is there twice, the last one counts, as in Kubernetes.' },
  { from: `${at}.resources`, to: `${mutate}.resources`, how: 'only `requests` and `limits`' },
  {
    from: `${at}.patchSpecOperations`,
    to: `${mutate}.jsonPatch`,
    how: 'without `move` and `copy`, which have no `from` in Oz, and without another name for a container',
  },
]

/** Reads the changes that Oz makes to the pod of a workload. */
export function ozMutation(spec: Reader): { readonly container?: string; readonly mutate: object } {
  const config = spec.object(field)
  const container = config.text('defaultContainerName')
  if (config.flag('keepTerminationGracePeriod') === true) {
    config.tell('keepTerminationGracePeriod', {
      effect: 'NoEqual',
      why: 'Sallyport gives a shell pod a second to end, whatever the workload has',
    })
  }
  const kept = Object.entries(keeps).filter(([flag]) => config.flag(flag) ?? !spec.has(field))
  const [command, args] = [config.texts('command') ?? [], config.texts('args') ?? []]
  return {
    ...filled('container', container),
    mutate: {
      keep: [...kept.map(([, name]) => name), ...alwaysKept],
      ...filled('purge', config.flag('purgeAnnotations') === true ? ['annotations'] : []),
      ...filled('annotations', config.map('podAnnotations')),
      ...filled('labels', config.map('podLabels')),
      ...filled('nodeSelector', config.map('nodeSelector')),
      ...filled('command', command),
      ...filled('args', args),
      ...filled('env', envOf(config)),
      ...resourcesOf(config),
      ...filled('jsonPatch', patchOf(config)),
    },
  }
}

function envOf(config: Reader): readonly object[] {
  const variables = config.objects('env').map((one) => {
    const [name, value] = [one.need('name'), one.text('value')]
    const valueFrom = one.has('valueFrom') ? one.whole('valueFrom') : undefined
    return {
      one,
      name,
      variable: { name, ...(value !== undefined && { value }), ...(valueFrom !== undefined && { valueFrom }) },
    }
  })
  const last = new Map(variables.map((one) => [one.name, one]))
  for (const { one, name } of variables.filter((variable) => last.get(variable.name) !== variable)) {
    one.tellWhole({ effect: 'Ignored', why: `a later variable ${name} is the one that counts` })
  }
  return [...last.values()].map(({ variable }) => variable)
}

function resourcesOf(config: Reader): object {
  const resources = config.object('resources')
  const [requests, limits] = [amounts(resources, 'requests'), amounts(resources, 'limits')]
  const found = { ...filled('requests', requests), ...filled('limits', limits) }
  return filled('resources', found)
}

function amounts(resources: Reader, name: string): object {
  const inner = resources.object(name)
  const found = resources.whole(name)
  const keys = typeof found === 'object' && found !== null ? Object.keys(found) : []
  return Object.fromEntries(
    keys.flatMap((key) => {
      const amount = inner.amount(key)
      return amount === undefined ? [] : [[key, amount]]
    }),
  )
}

const containerName = /^\/spec\/containers\/\d+\/name$/

function patchOf(config: Reader): readonly object[] {
  return config.objects('patchSpecOperations').flatMap((one) => {
    const [op, path, value] = [one.need('op'), one.need('path'), one.whole('value')]
    const told = untranslated(op, path)
    if (told) one.tellWhole(told)
    return told ? [] : [{ op, path, ...(value !== undefined && { value }) }]
  })
}

function untranslated(op: string, path: string): Told | undefined {
  if (op === 'move' || op === 'copy') {
    return {
      effect: 'NoEqual',
      why: `Oz has no field from, so its ${op} does nothing but fail`,
      remedy: 'Write the operation with from into spec.access.shell.mutate.jsonPatch',
    }
  }
  if (!containerName.test(path)) return undefined
  return {
    effect: 'NoEqual',
    why: 'Sallyport enters a container by the name that it has in the workload, so the name stays',
    remedy: 'See if spec.accessMessage has the other name',
  }
}
