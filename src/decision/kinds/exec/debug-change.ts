import { canonicalJson } from '../../canonical-json.ts'
import { isFields, type Fields } from '../../../api/fields.ts'

/** The change that an update of pods/ephemeralcontainers makes. */
export type DebugChange =
  | { readonly ok: true; readonly added: Fields & { readonly name: string } }
  | { readonly ok: false; readonly problem: string }

/**
 * Returns the one container that is added, or a problem if anything else changes. The API server itself drops every
 * other change to the pod, but this function does not rely on it.
 */
export function debugChange(object: unknown, oldObject: unknown): DebugChange {
  const [before, after] = [partsOf(oldObject), partsOf(object)]
  if (!before || !after) return { ok: false, problem: 'the pod cannot be read' }
  if (before.rest !== after.rest)
    return { ok: false, problem: 'it changes more of the pod than its ephemeral containers' }
  const known = new Set(before.containers.map(canonicalJson))
  const kept = after.containers.filter((one) => known.has(canonicalJson(one)))
  const added = after.containers.filter((one) => !known.has(canonicalJson(one)))
  if (kept.length !== before.containers.length) {
    return { ok: false, problem: 'it changes or removes an ephemeral container that the pod has' }
  }
  const [first] = added
  if (!isFields(first) || added.length !== 1) {
    return { ok: false, problem: `it adds ${added.length} ephemeral containers, but only one at a time is allowed` }
  }
  return typeof first['name'] === 'string'
    ? { ok: true, added: { ...first, name: first['name'] } }
    : { ok: false, problem: 'the container that it adds has no name' }
}

interface PodParts {
  readonly containers: readonly unknown[]
  /** All other fields that a user could change. */
  readonly rest: string
}

function partsOf(pod: unknown): PodParts | undefined {
  if (!isFields(pod) || !isFields(pod['spec']) || !isFields(pod['metadata'])) return undefined
  const { ephemeralContainers = [], ...spec } = pod['spec']
  // The API server changes these itself: it counts the change, and notes who made it.
  const { managedFields, generation, resourceVersion, ...metadata } = pod['metadata']
  if (!Array.isArray(ephemeralContainers)) return undefined
  return { containers: ephemeralContainers, rest: canonicalJson({ ...pod, spec, metadata }) }
}
