import { apiVersion } from '../../../api/kinds/kind.ts'
import { keepable } from '../../../api/kinds/access/shell-mutation.ts'
import { leavesOf } from '../read/leaves.ts'
import type { Reader } from '../read/reader.ts'
import { groupsOf, type Converted, type Source } from '../source.ts'
import { filled } from './filled.ts'
import { metadataOf } from './metadata.ts'
import { ozMutation, ozMutationRows } from './oz-mutation.ts'
import { accessConfig, ozTarget, ozTemplateRows, targetField } from './oz-template.ts'

/** The end of the name of a template that came from a PodAccessTemplate. Oz lets both of its kinds have one name. */
export const shellSuffix = '-shell'

const limits = { maxCpu: 'cpu', maxMemory: 'memory', maxStorage: 'ephemeral-storage' } as const

/** Oz's offer of a pod that is made after a workload. */
export const ozPodTemplate: Source = {
  system: 'Oz',
  groups: groupsOf.oz,
  kind: 'PodAccessTemplate',
  becomes: 'AccessTemplate with `access.shell`; its name ends in `-shell`',
  fields: [
    ...ozTemplateRows,
    {
      from: 'spec.controllerTargetRef',
      to: 'spec.access.shell.from',
      how: 'A Rollout also needs `workloads` in the config, and a ClusterRole to read it.',
    },
    { from: 'spec.targetRef', to: 'spec.access.shell.from', how: 'an older name of the field' },
    ...ozMutationRows,
    {
      from: 'spec.podSpec',
      to: 'spec.access.shell.podTemplate.spec',
      how: 'only without controllerTargetRef. Oz itself never read it.',
    },
    ...Object.entries(limits).map(([from, to]) => ({
      from: `spec.${from}`,
      to: `spec.access.shell.limits.${to}`,
      how: 'Oz never implemented it. In Sallyport a request may ask for as much.',
    })),
  ],
  convert(object) {
    const metadata = metadataOf(object, shellSuffix)
    const spec = object.object('spec')
    const common = accessConfig(spec)
    const { offered, needs } = shellOf(spec)
    const bounds = boundsOf(spec)
    const template = {
      apiVersion,
      kind: 'AccessTemplate',
      metadata,
      spec: { ...common, access: { shell: { ...offered, ...bounds } } },
    }
    return { ...needs, objects: [...(needs.objects ?? []), template] }
  },
}

function shellOf(spec: Reader): { readonly offered: object; readonly needs: Converted } {
  const field = targetField(spec)
  if (spec.has(field)) {
    if (spec.has('podSpec')) {
      spec.tell('podSpec', {
        effect: 'NoEqual',
        why: `Oz never read it, and made the pod after ${field}`,
        remedy: `If the pod is to be made after podSpec, take ${field} out of the file, and migrate it again`,
      })
    }
    const { ref, needs } = ozTarget(spec)
    return { offered: { from: ref, ...ozMutation(spec) }, needs }
  }
  if (!spec.has('podSpec')) return { offered: {}, needs: ozTarget(spec).needs }
  return { offered: ownPod(spec), needs: {} }
}

function ownPod(spec: Reader): object {
  const podSpec = spec.whole('podSpec')
  if (spec.has('controllerTargetMutationConfig')) {
    spec.tell('controllerTargetMutationConfig', {
      effect: 'NoEqual',
      why: 'Oz changes only the pod of a workload',
      remedy: 'Write the changes into spec.access.shell.podTemplate',
    })
  }
  // Sallyport drops these fields unless they are kept by name, from a pod template of one's own, too.
  const fields = new Set(leavesOf(podSpec).flatMap(({ path }) => path.split(/[.[\]]/)))
  const keep = keepable.filter((name) => fields.has(name === 'hostPorts' ? 'hostPort' : name))
  return { podTemplate: { spec: podSpec }, ...filled('mutate', filled('keep', keep)) }
}

function boundsOf(spec: Reader): object {
  const amounts = Object.entries(limits).flatMap(([field, resource]) => {
    const amount = spec.amount(field)
    return amount === undefined ? [] : [[resource, amount] as const]
  })
  return filled('limits', Object.fromEntries(amounts))
}
