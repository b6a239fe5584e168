import type { Subresource } from '../../api/review/subresource.ts'
import { waysIn } from '../../api/review/way-in.ts'

/**
 * True if a client may connect to the subresource, as to pods/exec. Discovery does not say so, but these signs show it.
 * A CONNECT takes options, not an object (`PodExecOptions`). A CONNECT is reached both by GET and by POST (`get` and
 * `create`), and no other subresource is. Discovery that is written by hand (KubeVirt's console) says neither kind nor
 * verbs.
 *
 * A subresource that serves only GET and names the kind of an object looks the same as a log or a status.
 */
function isConnectable({ kind, verbs }: Subresource): boolean {
  return kind.endsWith('Options') || kind === '' || (verbs.includes('get') && verbs.includes('create'))
}

/**
 * The connectable subresources that the gate does not listen to, sorted. Each is written as in RBAC, with its group.
 */
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
