import { failedOn } from '../client/api-error.ts'
import type { Client } from '../client/client.ts'
import type { KubeObject, Resource } from '../client/resource.ts'
import { changeOf, removeObject, writeObject, type Change } from './applied-object.ts'

export type { Change }

/**
 * Makes the objects of one owner what they should be. `desired` is the full list (empty: all are removed). `observed`
 * is what a reflector saw of the owner's objects. Only differences are written: if nothing differs, no call is made.
 *
 * Rejects with the first KubeApiError, which names its object. If one removal fails, the others are still tried, and
 * nothing is created. Earlier writes stay, and the next call goes on.
 * @throws Error if a desired object lacks the owner's name or label, because it could never be removed
 */
export type ApplySet = (
  owner: SetOwner,
  desired: readonly KubeObject[],
  observed: readonly KubeObject[],
  signal: AbortSignal,
) => Promise<readonly Change[]>

interface SetOwner {
  readonly uid: string
  /** The uids of objects that the owner knows as its own. They are found without their label, too. */
  readonly noted?: readonly string[]
}

export interface ApplySetOptions {
  readonly client: Pick<Client, 'apply' | 'patch' | 'remove'>
  /** Every kind that is written. */
  readonly resources: readonly Resource[]
  /** The label whose value is the owner's uid. */
  readonly label: string
  /**
   * True if an object of the owner would have this name. Anybody can write the label or take it off. So an object is
   * the owner's by its name, and by the label or the owner's own note.
   */
  readonly isNameOf: (owner: SetOwner, name: string) => boolean
}

// A binding to a role that does not exist yet is NotFound for a client that may only `bind`. Other kinds follow in the
// order given.
const writeOrder = ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding']
// Bindings go first, and access ends with them. The rest of a shell is then out of reach.
const pruneOrder = ['ClusterRoleBinding', 'RoleBinding', 'ClusterRole', 'Role', 'Pod']

export function createApplySet(options: ApplySetOptions): ApplySet {
  const { client, label, isNameOf } = options

  function isOf(owner: SetOwner, { metadata }: KubeObject): boolean {
    const { name, labels, uid } = metadata
    const isMarked = labels?.[label] === owner.uid || (uid !== undefined && owner.noted?.includes(uid) === true)
    return isMarked && isNameOf(owner, name)
  }

  function resourceOf({ apiVersion, kind }: KubeObject): Resource {
    const found = options.resources.find((resource) => resource.apiVersion === apiVersion && resource.kind === kind)
    if (found === undefined) throw new Error(`this apply-set does not know ${apiVersion} ${kind}`)
    return found
  }

  return async (owner, desired, observed, signal) => {
    const stray = desired.find((manifest) => !isOf(owner, manifest))
    if (stray !== undefined)
      throw new Error(`${nameOf(stray)} bears neither the name nor the label of owner ${owner.uid}`)
    const wanted = new Set(desired.map(nameOf))
    const seen = new Map(observed.map((object) => [nameOf(object), object]))
    const surplus = observed.filter((object) => isOf(owner, object) && !wanted.has(nameOf(object)))
    const changes: Change[] = []
    const failures: unknown[] = []
    // The surplus objects give access. So they go before anything is created, even if some removals fail.
    for (const object of inOrder(pruneOrder, surplus)) {
      try {
        if (await removeObject(client, resourceOf(object), object, signal)) changes.push(changeOf('removed', object))
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
    for (const manifest of inOrder(writeOrder, desired)) {
      try {
        const change = await writeObject(
          client,
          resourceOf(manifest),
          { manifest, seen: seen.get(nameOf(manifest)) },
          signal,
        )
        if (change) changes.push(change)
      } catch (error) {
        throw failedOn(manifest, error)
      }
    }
    return changes
  }
}

function nameOf({ apiVersion, kind, metadata }: KubeObject): string {
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name].join(' ')
}

/** Sorts by kind. Objects of an unnamed kind come last; otherwise the order given stays. */
function inOrder(kinds: readonly string[], objects: readonly KubeObject[]): KubeObject[] {
  const rank = ({ kind }: KubeObject) => {
    const index = kinds.indexOf(kind)
    return index === -1 ? kinds.length : index
  }
  return objects.toSorted((a, b) => rank(a) - rank(b))
}
