import type { Subresource } from '../../api/review/subresource.ts'
import { waysIn } from '../../api/review/way-in.ts'

/**
 * Whether something may be connected to it, as to pods/exec. Discovery does not say so, but it shows: what a CONNECT takes
 * are options, and no object (`PodExecOptions`); it is reached by GET as by POST (`get` and `create`), which no other
 * subresource is; and who writes their discovery by hand (KubeVirt's console) says neither kind nor verbs.
 *
 * One that serves GET alone and gives itself the kind of an object cannot be told from a log or a status.
 */
function isConnectable({ kind, verbs }: Subresource): boolean {
  return kind.endsWith('Options') || kind === '' || (verbs.includes('get') && verbs.includes('create'))
}

/** The connectable subresources that the gate does not listen to, as RBAC writes them, with their group: each once, sorted. */
export function unknownWaysIn(subresources: readonly Subresource[]): readonly string[] {
  const unknown = subresources.filter((one) => isConnectable(one) && !isKnown(one))
  return [...new Set(unknown.map(titleOf))].toSorted()
}

function isKnown({ group, version, resource, subresource }: Subresource): boolean {
  const asked = `${resource}/${subresource}`
  return group === '' && version === 'v1' && waysIn.some((way) => way === asked)
}

function titleOf({ group, version, resource, subresource }: Subresource): string {
  return `${resource}/${subresource} (${group === '' ? version : `${group}/${version}`})`
}
