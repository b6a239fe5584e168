import { apiVersion } from '../../../api/kinds/kind.ts'
import { groupsOf, type Source } from '../source.ts'
import { metadataOf } from './metadata.ts'
import { accessConfig, ozTarget, ozTemplateRows } from './oz-template.ts'

/** Oz's offer of an exec into a pod of a workload. */
export const ozExecTemplate: Source = {
  system: 'Oz',
  groups: groupsOf.oz,
  kind: 'ExecAccessTemplate',
  becomes: 'AccessTemplate with `access.exec`',
  fields: [
    ...ozTemplateRows,
    {
      from: 'spec.controllerTargetRef',
      to: 'spec.access.exec.target',
      how: 'A Rollout also needs `workloads` in the config, and a ClusterRole to read it.',
    },
    { from: 'spec.targetRef', to: 'spec.access.exec.target', how: 'the name of the field in the README of Oz' },
  ],
  convert(object) {
    const metadata = metadataOf(object)
    const spec = object.object('spec')
    const common = accessConfig(spec)
    const { ref, needs } = ozTarget(spec)
    const template = {
      apiVersion,
      kind: 'AccessTemplate',
      metadata,
      spec: { ...common, access: { exec: { target: ref } } },
    }
    return { ...needs, objects: [...(needs.objects ?? []), template] }
  },
}
