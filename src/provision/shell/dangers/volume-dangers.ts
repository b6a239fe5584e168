import type { PodSpec } from '../../../api/pod-template.ts'
import { canonicalJson } from '../../../decision/canonical-json.ts'
import { say } from '../../../decision/text/sentence.ts'
import { without } from '../template/fields.ts'
import { networkVolumes, safeVolumes } from './safe-fields.ts'

/**
 * Returns the dangerous volumes: those of the node, those of an unknown kind, and network storage that is not the
 * workload's own.
 */
export function volumeDangers({ volumes = [] }: PodSpec, workload: PodSpec | undefined): readonly string[] {
  const owned = new Set((workload?.volumes ?? []).map((volume) => canonicalJson(without(volume, ['name']))))
  return volumes.flatMap((volume, index) => {
    const source = without(volume, ['name'])
    const isOwn = owned.has(canonicalJson(source))
    return Object.keys(source)
      .filter((kind) => !safeVolumes.has(kind) && !(isOwn && networkVolumes.has(kind)))
      .map((kind) => say`spec.volumes[${String(index)}].${kind} (${volume.name}) ${whatOf(kind)}`)
  })
}

function whatOf(kind: string): string {
  if (kind === 'hostPath') return 'gives files of the node'
  return networkVolumes.has(kind) ? "is storage that is not the workload's" : 'is not known to be harmless'
}
