import type { StringMap } from '../../../api/fields.ts'
import type { Purgeable, ShellMutation } from '../../../api/kinds/access/shell-mutation.ts'
import type { PodSpec } from '../../../api/pod-template.ts'
import { canonicalJson } from '../../../decision/canonical-json.ts'
import { without } from './fields.ts'

/** Returns the spec with what the mutation sets on the whole pod. */
export function mutatedSpec(spec: PodSpec, mutate: ShellMutation): PodSpec {
  const purged = (mutate.purge ?? []).filter((name) => name !== 'annotations') satisfies Purgeable[]
  const rest = without(spec, purged)
  return {
    ...rest,
    ...(mutate.nodeSelector && { nodeSelector: { ...rest.nodeSelector, ...mutate.nodeSelector } }),
    ...(mutate.tolerations && { tolerations: distinct([...(rest.tolerations ?? []), ...mutate.tolerations]) }),
    ...(mutate.affinity && { affinity: mutate.affinity }),
  }
}

export function mutatedAnnotations(annotations: StringMap = {}, mutate: ShellMutation): StringMap {
  return { ...(mutate.purge?.includes('annotations') ? {} : annotations), ...mutate.annotations }
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [canonicalJson(item), item])).values()]
}
